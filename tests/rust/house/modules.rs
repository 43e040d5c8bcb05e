//! The files of the core, found as the compiler finds them: from `lib.rs` through its `mod` declarations.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::mentions::Source;

/// A file of the core that is not compiled for tests only.
pub(crate) struct Module {
    pub(crate) file: PathBuf,
    /// From the crate's root; empty for `lib.rs`.
    pub(crate) path: Vec<String>,
    pub(crate) source: Source,
}

/// All modules of the crate whose sources stand in `folder`.
///
/// Panics when a file is not to be found or belongs to no module: nobody compiles it, so nobody would miss it.
pub(crate) fn modules(folder: &Path) -> Vec<Module> {
    let mut all = Vec::new();
    let mut for_tests = BTreeSet::new();
    let mut open = vec![(folder.join("lib.rs"), folder.to_path_buf(), Vec::new())];
    while let Some((file, beside, path)) = open.pop() {
        let text = std::fs::read_to_string(&file).unwrap();
        let source = Source::read(&path, &text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        for child in &source.children {
            let (child_file, child_beside) = place(&beside, &child.path);
            if child.for_tests {
                for_tests.extend([child_file, child_beside]);
            } else {
                open.push((child_file, child_beside, [path.as_slice(), &child.path].concat()));
            }
        }
        all.push(Module { file, path, source });
    }
    let orphan = rust_files(folder).into_iter().find(|file| {
        !all.iter().any(|module| module.file == *file)
            && !for_tests.iter().any(|place| file.starts_with(place))
    });
    assert_eq!(orphan, None, "this file belongs to no module");
    all
}

/// The file of a module and the folder in which its children are looked for.
fn place(beside: &Path, child: &[String]) -> (PathBuf, PathBuf) {
    let own = beside.join(child.iter().collect::<PathBuf>());
    let flat = own.with_extension("rs");
    if flat.is_file() { (flat, own) } else { (own.join("mod.rs"), own) }
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}
