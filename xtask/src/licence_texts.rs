//! What the licences of an app's parts say, for the phones' screens that show it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::bindings::{unusable, write_if_changed};
use crate::crates;
use crate::failure::Failure;
use crate::process::{home, root};

/// What no list of packages names.
const OTHERS: &[(&str, &str)] = &[
    ("Onest, the typeface", "OFL-1.1"),
    ("The Rust standard library", "MIT OR Apache-2.0"),
    ("SQLite", "Public domain"),
];
/// The texts of licences for what brings none that is read: Maven's packages.
const TEXTS: &[(&str, &str)] = &[("Apache-2.0", "Apache-2.0.txt"), ("MPL-2.0", "MPL-2.0.txt")];
/// What stands between two of them.
const RULE: &str = "--------------------------------------------------------------------------------";
/// Where those are.
const FOLDER: &str = "apps/licences";

/// Writes `licences.tsv` and `notices.txt` of an app into a folder: a line for each component with its licence behind a
/// tab, sorted, and the texts. Of an app over the library for this target triple, and with these lines of its own.
pub(crate) fn write(folder: &Path, target: &str, own: BTreeSet<String>) -> Result<(), Failure> {
    let crates = crates::carried_by(target)?;
    let lines = lines(&crates, own);
    let notices = all(crates.keys(), &lines)?;
    let table: String = lines.iter().map(|line| format!("{line}\n")).collect();
    write_if_changed(&folder.join("licences.tsv"), table.as_bytes())?;
    write_if_changed(&folder.join("notices.txt"), notices.as_bytes())
}

fn lines(crates: &BTreeMap<String, String>, mut own: BTreeSet<String>) -> BTreeSet<String> {
    own.extend(crates.iter().map(|(name, licence)| format!("{name}\t{licence}")));
    own.extend(OTHERS.iter().map(|(name, licence)| format!("{name}\t{licence}")));
    own
}

/// The licence texts of all that an app carries, each once, under the names of those it belongs to: of these crates, and of
/// what the lines of its table name besides.
fn all<'n>(crates: impl Iterator<Item = &'n String>, lines: &BTreeSet<String>) -> Result<String, Failure> {
    let mut owners: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let onest = root()?.join("apps/brand/typeface/OFL.txt");
    owners.entry(read(&onest)?).or_default().push("Onest, the typeface".to_owned());
    for name in crates {
        for file in licence_files(&source(name)?)? {
            owners.entry(read(&file)?.trim().to_owned()).or_default().push(name.clone());
        }
    }
    for (licence, names) in textless(lines, &owners)? {
        let (_, file) = TEXTS.iter().find(|(name, _)| *name == licence).ok_or_else(|| {
            Failure::System(format!("nobody has brought the text of {licence} for {names:?}"))
        })?;
        let text = read(&root()?.join(FOLDER).join(file))?;
        owners.entry(text.trim().to_owned()).or_default().extend(names);
    }
    let mut notices: Vec<String> = owners
        .into_iter()
        .map(|(text, mut names)| {
            names.dedup();
            format!("{}\n\n{text}\n", names.join(", "))
        })
        .collect();
    notices.sort();
    Ok(notices.join(&format!("\n{RULE}\n\n")))
}

/// What has no text yet, by the licence that we take it under. Of several, it is one whose text there is.
fn textless(
    lines: &BTreeSet<String>,
    owners: &BTreeMap<String, Vec<String>>,
) -> Result<BTreeMap<String, Vec<String>>, Failure> {
    let named: BTreeSet<&String> = owners.values().flatten().collect();
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in lines {
        let (name, licence) = line
            .split_once('\t')
            .ok_or_else(|| Failure::System(format!("no component and its licence: {line}")))?;
        // Nobody's to license.
        if named.contains(&name.to_owned()) || licence == "Public domain" {
            continue;
        }
        let ours = licence.split(" OR ").find(|one| TEXTS.iter().any(|(known, _)| known == one));
        found.entry(ours.unwrap_or(licence).to_owned()).or_default().push(name.to_owned());
    }
    Ok(found)
}

/// Where cargo has unpacked a crate.
fn source(name: &str) -> Result<PathBuf, Failure> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from).unwrap_or_else(|| home().join(".cargo"));
    let registries = home.join("registry/src");
    let folder = name.replacen(' ', "-", 1);
    let entries = fs::read_dir(&registries).map_err(|error| unusable(&registries, &error))?;
    entries
        .flatten()
        .map(|registry| registry.path().join(&folder))
        .find(|path| path.is_dir())
        .ok_or_else(|| Failure::System(format!("cargo has not unpacked {folder}")))
}

fn licence_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = fs::read_dir(folder).map_err(|error| unusable(folder, &error))?;
    let is_licence = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        path.is_file()
            && ["LICENSE", "LICENCE", "COPYING", "NOTICE"].iter().any(|start| name.starts_with(start))
    };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_licence).collect();
    files.sort();
    Ok(files)
}

pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    let bytes = fs::read(path).map_err(|error| unusable(path, &error))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::{lines, textless};
    use crate::crates;

    #[test]
    fn what_brings_no_text_of_its_own_gets_that_of_a_licence_we_have() {
        let lines: BTreeSet<String> = [
            "a 1\tMIT",
            "b 1\tMIT",
            "c:d 2\tLGPL-2.1-or-later OR Apache-2.0",
            "e 3\tPublic domain",
            "f 4\tMPL-2.0",
        ]
        .map(str::to_owned)
        .into();
        let owners = BTreeMap::from([("Permission is granted".to_owned(), vec!["a 1".to_owned()])]);
        let found: Vec<(String, Vec<String>)> = textless(&lines, &owners).unwrap().into_iter().collect();
        let expected = [("Apache-2.0", "c:d 2"), ("MIT", "b 1"), ("MPL-2.0", "f 4")];
        assert_eq!(found, expected.map(|(licence, name)| (licence.to_owned(), vec![name.to_owned()])));
        assert!(textless(&BTreeSet::from(["no licence".to_owned()]), &owners).is_err());
    }

    #[test]
    fn what_is_ours_or_only_compiles_is_not_named() {
        let tree = "loyalty-ffi v0.1.0 (/somewhere)|MIT\nring v0.17.14|Apache-2.0 AND ISC\nserde_derive v1.0.1 (proc-macro)|MIT\n\
                    vte v1.2.0|MIT/Apache-2.0 (*)\nvte v1.2.0|MIT/Apache-2.0";
        let lines: Vec<String> =
            crates::carried(tree).iter().map(|(name, licence)| format!("{name}\t{licence}")).collect();
        assert_eq!(lines[0], "ring 0.17.14\tApache-2.0 AND ISC");
        assert_eq!(lines.last().map(String::as_str), Some("vte 1.2.0\tMIT OR Apache-2.0"));
    }

    #[test]
    fn every_part_of_the_library_has_a_licence() {
        let carried = crates::carried_by("aarch64-apple-ios").unwrap();
        let lines = lines(&carried, BTreeSet::new());
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
