// The scenarios of all languages.
