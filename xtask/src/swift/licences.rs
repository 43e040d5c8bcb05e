//! Under which licences the parts of the iPhone app stand: a line for each, which a screen lists, and the texts.

use std::collections::BTreeSet;
use std::path::Path;

use crate::bindings::write_if_changed;
use crate::crates;
use crate::failure::Failure;
use crate::licence_texts::{self, OTHERS};

/// Writes `licences.tsv` and `notices.txt` into a folder.
pub(super) fn write(folder: &Path) -> Result<(), Failure> {
    let lines = lines()?;
    let notices = licence_texts::all(crates::carried_by(TARGET)?.keys(), &lines)?;
    let table: String = lines.iter().map(|line| format!("{line}\n")).collect();
    write_if_changed(&folder.join("licences.tsv"), table.as_bytes())?;
    write_if_changed(&folder.join("notices.txt"), notices.as_bytes())
}

const TARGET: &str = "aarch64-apple-ios";

/// The component and its licence, with a tab between them, sorted.
fn lines() -> Result<BTreeSet<String>, Failure> {
    let carried = crates::carried_by(TARGET)?;
    let mut lines: BTreeSet<String> =
        carried.iter().map(|(name, licence)| format!("{name}\t{licence}")).collect();
    lines.extend(OTHERS.iter().map(|(name, licence)| format!("{name}\t{licence}")));
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::lines;
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
        let lines = lines().unwrap();
        assert!(lines.len() > 50, "{lines:?}");
        for line in &lines {
            let (name, licence) = line.split_once('\t').unwrap();
            assert!(!name.is_empty() && !licence.trim().is_empty(), "{line}");
        }
        assert!(
            lines.iter().any(|line| line.starts_with("rustls ")),
            "what speaks TLS is among them: {lines:?}"
        );
    }
}
