//! The scenarios that are played in every language: what each of them saw has to be the same to the byte.

use std::path::PathBuf;

use crate::bindings::unusable;
use crate::failure::Failure;
use crate::process::{cargo, root, run};

/// Plays them in Rust, whose observations the others are held against.
pub(crate) fn play_in_rust() -> Result<(), Failure> {
    let mut play = cargo(["test", "--quiet", "--locked", "--package", "loyalty-ffi"])?;
    run("testing the library for devices", play.args(["--features", "rehearsal"]))
}

/// Holds what was seen in `language` against what was seen in Rust.
pub(crate) fn compare(language: &str) -> Result<(), Failure> {
    let (ours, theirs) = (read("rust")?, read(language)?);
    match difference(&ours, &theirs) {
        None => Ok(()),
        Some((ours, theirs)) => {
            println!("seen in Rust:  {ours}\nin {language}: {theirs}");
            Err(Failure::Checks)
        }
    }
}

fn read(language: &str) -> Result<String, Failure> {
    let path: PathBuf = root()?.join(format!("target/scenarios/devices-{language}.json"));
    std::fs::read_to_string(&path).map_err(|error| unusable(&path, &error))
}

/// The first line that differs, on both sides.
fn difference<'a>(ours: &'a str, theirs: &'a str) -> Option<(&'a str, &'a str)> {
    if ours == theirs {
        return None;
    }
    let lines = |text: &'a str| text.split('\n').chain(std::iter::repeat("(nothing)"));
    let longest = ours.split('\n').count().max(theirs.split('\n').count());
    lines(ours).zip(lines(theirs)).take(longest).find(|(one, other)| one != other)
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn the_first_line_that_differs_is_shown() {
        assert_eq!(difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(difference("a\nb\n", "a\nB\n"), Some(("b", "B")));
        assert_eq!(difference("a\n", "a\nb\n"), Some(("", "b")));
        assert_eq!(difference("a\nb", "a"), Some(("b", "(nothing)")));
    }
}
