//! Ours against bare code.

use std::path::Path;

use crate::bindings::unusable;
use crate::failure::Failure;
use crate::kiosk;
use crate::kotlin;
use crate::process::{self, cargo, root};
use crate::setup;

/// Builds both in release and measures them.
pub(crate) fn run() -> Result<(), Failure> {
    setup::compilers_and_zones()?;
    process::run("the bench", &mut cargo(["run", "--release", "--locked", "--package", "loyalty-benches"])?)?;
    kotlin::bench()?;
    join(&root()?.join("target/bench.json"), &kiosk::bench()?)
}

/// Adds the rows of one file to those of another.
fn join(all: &Path, more: &Path) -> Result<(), Failure> {
    let read = |path: &Path| std::fs::read_to_string(path).map_err(|error| unusable(path, &error));
    let text = joined(&read(all)?, &read(more)?)
        .ok_or_else(|| Failure::System(format!("{} holds no rows", more.display())))?;
    std::fs::write(all, text).map_err(|error| unusable(all, &error))
}

/// Two lists in JSON as one; `None` if one of them is no list.
fn joined(first: &str, second: &str) -> Option<String> {
    let inside = |text: &str| Some(text.trim().strip_prefix('[')?.strip_suffix(']')?.trim().to_owned());
    let rows: Vec<String> =
        [inside(first)?, inside(second)?].into_iter().filter(|rows| !rows.is_empty()).collect();
    Some(format!("[\n  {}\n]\n", rows.join(",\n  ")))
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn rows_of_two_files_become_one_list() {
        assert_eq!(
            joined("[\n  {\"a\": 1}\n]\n", "[{\"b\": 2}]").unwrap(),
            "[\n  {\"a\": 1},\n  {\"b\": 2}\n]\n"
        );
        assert_eq!(joined("[]", "[{\"b\": 2}]").unwrap(), "[\n  {\"b\": 2}\n]\n");
        assert_eq!(joined("{}", "[]"), None);
    }
}
