//! What stays apart: the witness from what it tests, the bare code from ours, and the project from the machine that
//! it stands on.

use std::path::{Path, PathBuf};

use crate::project;

/// Folders with nothing of ours in them.
const NOT_OURS: &[&str] = &[".git", "target", "node_modules"];

/// All files of ours below a folder whose content is text, with that text.
fn texts(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() {
            if !NOT_OURS.iter().any(|other| name == *other) {
                found.extend(texts(&path));
            }
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            found.push((path, text));
        }
    }
    found
}

/// Every crate that the package in `folder` depends on in any way.
fn dependencies(folder: &str) -> Vec<String> {
    let text = std::fs::read_to_string(project().join(folder).join("Cargo.toml")).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    ["dependencies", "dev-dependencies", "build-dependencies"]
        .iter()
        .filter_map(|section| manifest.get(*section)?.as_table())
        .flat_map(|section| section.keys().cloned())
        .collect()
}

#[test]
fn the_sandbox_and_the_bare_code_share_nothing_with_what_they_are_compared_with() {
    for folder in ["apps/sandbox", "benches/bare"] {
        let ours: Vec<String> =
            dependencies(folder).into_iter().filter(|name| name.starts_with("loyalty-")).collect();
        assert_eq!(ours, Vec::<String>::new(), "{folder}");
        for (file, text) in texts(&project().join(folder)) {
            assert!(!text.contains(&["loyalty", "core"].join("_")), "{}", file.display());
        }
    }
}

#[test]
fn the_core_depends_on_no_other_part_and_on_no_binding_generator() {
    for name in dependencies("core") {
        assert!(!name.starts_with("loyalty-") && !name.starts_with("uniffi"), "{name}");
    }
}

/// What in the text of `file` leads out of the project.
fn ways_out(root: &Path, file: &Path, text: &str) -> Vec<String> {
    let machine = ["home", "root", "Users"].map(|folder| format!("/{folder}/"));
    let checkout = root.to_str().unwrap_or_default();
    let is_rust = file.extension().is_some_and(|extension| extension == "rs");
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let is_absolute =
            line.contains(checkout) || machine.iter().any(|place| line.contains(place.as_str()));
        // A path in a test's data leads nowhere; these name a file that is meant.
        let names_files = ["include_", "CARGO_MANIFEST_DIR", "//"].iter().any(|word| line.contains(word));
        let leads_out = |path| !leads_inside(root, file, path);
        if is_absolute || ((names_files || !is_rust) && upward_paths(line).any(leads_out)) {
            found.push(format!("{}: {}", number + 1, line.trim()));
        }
    }
    found
}

/// The relative paths of a line that begin by going up.
fn upward_paths(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_ascii_alphanumeric() || "._-/".contains(c)))
        .filter(|word| word.starts_with("../"))
}

/// Whether a path leads to something in the project from this file's folder or from one above it: code counts from
/// its package, text from itself.
fn leads_inside(root: &Path, file: &Path, path: &str) -> bool {
    file.ancestors().skip(1).take_while(|above| above.starts_with(root)).any(|above| {
        above.join(path.trim_end_matches('.')).canonicalize().is_ok_and(|target| target.starts_with(root))
    })
}

#[test]
fn nothing_in_the_project_points_out_of_it() {
    let root = project().canonicalize().unwrap();
    for (file, text) in texts(&root) {
        let found = ways_out(&root, &file, &text);
        assert!(found.is_empty(), "{}:\n{}", file.display(), found.join("\n"));
    }
}

#[test]
fn a_planted_way_out_is_found() {
    let root = project().canonicalize().unwrap();
    let page = root.join("tests/rust/page.md");
    let code = root.join("tests/rust/code.rs");
    let up = ["..", ""].join("/");
    for (file, text) in [
        (&page, format!("see {}/notes.md", root.display())),
        (&code, format!("let place = \"{}me/\";", ["", "home", ""].join("/"))),
        (&code, format!("include_str!(\"{up}{up}{up}elsewhere.json\")")),
        (&code, format!("// the data in {up}no-such-folder/data.csv")),
        (&page, format!("the data in {up}no-such-folder/data.csv")),
    ] {
        assert_eq!(ways_out(&root, file, &text).len(), 1, "{text}");
    }
    for (file, text) in [
        (&page, format!("{up}{up}Cargo.toml, {up}src/lib.rs.")),
        (&page, "a/b.rs, and so on...".to_owned()),
        (&code, format!("refuses(\"{up}{up}etc\");")),
    ] {
        assert_eq!(ways_out(&root, file, &text), Vec::<String>::new(), "{text}");
    }
}
