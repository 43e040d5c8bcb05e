//! Under which licences the parts of the iPhone app stand: a line for each, which a screen lists.

use std::collections::BTreeSet;

use crate::crates;
use crate::failure::Failure;

/// What no list of packages names.
const OTHERS: [(&str, &str); 3] =
    [("Onest", "OFL-1.1"), ("The Rust standard library", "MIT OR Apache-2.0"), ("SQLite", "Public domain")];

/// The component and its licence, with a tab between them, sorted.
pub(super) fn table() -> Result<String, Failure> {
    let carried = crates::carried_by("aarch64-apple-ios")?;
    let mut lines: BTreeSet<String> =
        carried.iter().map(|(name, licence)| format!("{name}\t{licence}")).collect();
    lines.extend(OTHERS.map(|(name, licence)| format!("{name}\t{licence}")));
    Ok(lines.iter().map(|line| format!("{line}\n")).collect())
}

#[cfg(test)]
mod tests {
    use super::table;
    use crate::crates::carried;

    #[test]
    fn what_is_ours_or_only_compiles_is_not_named() {
        let tree = "loyalty-ffi v0.1.0 (/somewhere)|MIT\nring v0.17.14|Apache-2.0 AND ISC\nserde_derive v1.0.1 (proc-macro)|MIT\n\
                    vte v1.2.0|MIT/Apache-2.0 (*)\nvte v1.2.0|MIT/Apache-2.0";
        let lines: Vec<String> =
            carried(tree).iter().map(|(name, licence)| format!("{name}\t{licence}")).collect();
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
