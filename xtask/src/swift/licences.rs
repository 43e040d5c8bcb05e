//! Under which licences the parts of the iPhone app stand: a line for each, which a screen lists.

use std::collections::BTreeSet;

use crate::failure::Failure;
use crate::process::{cargo, output_of};

/// What no list of packages names.
const OTHERS: [(&str, &str); 3] =
    [("Onest", "OFL-1.1"), ("The Rust standard library", "MIT OR Apache-2.0"), ("SQLite", "Public domain")];

/// The component and its licence, with a tab between them, sorted.
pub(super) fn table() -> Result<String, Failure> {
    let mut tree = cargo([
        "tree",
        "--quiet",
        "--locked",
        "--package",
        "loyalty-ffi",
        "--edges",
        "normal,no-proc-macro",
    ])?;
    tree.args(["--prefix", "none", "--format", "{p}|{l}", "--target", "aarch64-apple-ios"]);
    let tree = output_of(&mut tree).ok_or_else(|| Failure::System("cargo tree failed".to_owned()))?;
    let mut lines = carried(&tree);
    lines.extend(OTHERS.map(|(name, licence)| format!("{name}\t{licence}")));
    Ok(lines.iter().map(|line| format!("{line}\n")).collect())
}

/// The crates that the library carries; ours are not named, nor what only runs while it is compiled.
fn carried(tree: &str) -> BTreeSet<String> {
    tree.lines()
        .filter(|line| !line.contains("(proc-macro)") && !line.starts_with("loyalty-"))
        .filter_map(|line| line.trim_end_matches(" (*)").split_once('|'))
        .map(|(name, licence)| format!("{}\t{}", name.replacen(" v", " ", 1), licence.replace('/', " OR ")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{carried, table};

    #[test]
    fn what_is_ours_or_only_compiles_is_not_named() {
        let tree = "loyalty-ffi v0.1.0 (/somewhere)|MIT\nring v0.17.14|Apache-2.0 AND ISC\nserde_derive v1.0.1 (proc-macro)|MIT\n\
                    vte v1.2.0|MIT/Apache-2.0 (*)\nvte v1.2.0|MIT/Apache-2.0";
        let lines: Vec<String> = carried(tree).into_iter().collect();
        assert_eq!(lines[0], "ring 0.17.14\tApache-2.0 AND ISC");
        assert_eq!(lines.last().map(String::as_str), Some("vte 1.2.0\tMIT OR Apache-2.0"));
    }

    #[test]
    fn every_part_of_the_library_has_a_licence() {
        let table = table().unwrap();
        assert!(table.lines().count() > 50, "{table}");
        for line in table.lines() {
            let (name, licence) = line.split_once('\t').unwrap();
            assert!(!name.is_empty() && !licence.trim().is_empty(), "{line}");
        }
        assert!(table.contains("rustls "), "what speaks TLS is among them:\n{table}");
    }
}
