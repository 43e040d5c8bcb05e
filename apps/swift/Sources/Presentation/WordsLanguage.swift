import Words

/// The language of the screens' words, under a name that the library's `Language` does not share.
public typealias WordsLanguage = Language
