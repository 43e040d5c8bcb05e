//! The words for amounts, dates, phones and units, in the asked language: one wording for every shell.
