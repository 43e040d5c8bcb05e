//! The page of error codes, made from their documentation.

use std::fmt::Write;

use loyalty_core::ErrorCode;

use crate::project;

const HEAD: &str = "\
# Error codes

Each error that leaves the core carries one of these codes; they do not change between versions. `cargo xtask glossary`
writes this page from the codes' own documentation.

| code | what happened | what to do |
|---|---|---|
";

fn page() -> String {
    let mut page = HEAD.to_owned();
    for code in ErrorCode::ALL {
        let meaning = code.meaning().trim();
        writeln!(page, "| `{}` | {meaning} | {} |", code.as_str(), code.advice()).unwrap();
    }
    page
}

/// With `BLESS` in the environment the page is written instead of compared.
#[test]
fn the_glossary_explains_every_error_code() {
    let file = project().join("docs/errors.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, page()).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(written == page(), "docs/errors.md is not what the code says: run `cargo xtask glossary`");
}

#[test]
fn every_error_code_has_a_text_a_meaning_and_an_advice_of_its_own() {
    let mut texts: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), ErrorCode::ALL.len(), "two codes share a text");
    for code in ErrorCode::ALL {
        for sentence in [code.meaning().trim(), code.advice()] {
            assert!(sentence.ends_with('.') && !sentence.contains('|'), "{code:?}: {sentence}");
        }
    }
}
