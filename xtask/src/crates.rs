//! The crates that the library for devices carries, and under which licences they stand.

use std::collections::BTreeMap;

use crate::failure::Failure;
use crate::process::{cargo, output_of};

/// Names with versions, and their licences, for the devices that this target triple is of.
pub(crate) fn carried_by(target: &str) -> Result<BTreeMap<String, String>, Failure> {
    let mut tree = cargo([
        "tree",
        "--quiet",
        "--locked",
        "--package",
        "loyalty-ffi",
        "--edges",
        "normal,no-proc-macro",
    ])?;
    tree.args(["--prefix", "none", "--format", "{p}|{l}", "--target", target]);
    let text = output_of(&mut tree).ok_or_else(|| Failure::System("cargo tree failed".to_owned()))?;
    Ok(carried(&text))
}

/// Ours are not named, nor what only runs while the library is compiled.
pub(crate) fn carried(tree: &str) -> BTreeMap<String, String> {
    tree.lines()
        .filter(|line| !line.contains("(proc-macro)") && !line.starts_with("loyalty-"))
        .filter_map(|line| line.trim_end_matches(" (*)").split_once('|'))
        .map(|(name, licence)| (name.replacen(" v", " ", 1), licence.replace('/', " OR ")))
        .collect()
}
