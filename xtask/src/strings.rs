//! The words and the brand of the shells as Kotlin and Swift.

use std::path::PathBuf;

use crate::failure::Failure;
use crate::process::{self, cargo, root};

/// Where the generated sources go: `kotlin/` is a source folder, `swift/` a Swift package.
pub(crate) fn folder() -> Result<PathBuf, Failure> {
    Ok(root()?.join("target").join("words"))
}

/// Writes both anew where they differ from `apps/strings` and `apps/brand`.
pub(crate) fn write() -> Result<(), Failure> {
    process::run(
        "writing the words of the shells",
        cargo(["run", "--quiet", "--locked", "--package", "loyalty-words", "--"])?.arg("apps").arg(folder()?),
    )
}
