//! What the border costs in Swift.

use std::path::Path;

use super::{PACKAGE, place, scratch, set_up, swift};
use crate::bench::Border;
use crate::failure::Failure;
use crate::process::run;

/// Measures it over the library as devices carry it, and leaves the rows in a file.
pub(crate) fn bench(border: &Border, rows: &Path) -> Result<(), Failure> {
    let toolchain = set_up()?;
    place(&border.device)?;
    let mut build = swift(&toolchain, "build", PACKAGE, &border.device)?;
    build.args(["--configuration", "release", "--product", "BorderBench"]);
    run("building the bench in Swift", &mut build)?;
    let program = scratch(PACKAGE)?.join("release/BorderBench");
    let environment = [("LOYALTY_STAGE", border.stage.display().to_string())];
    let words = [program, rows.to_path_buf()].map(|path| path.display().to_string());
    run("the bench in Swift", &mut toolchain.command(words, &environment)?)
}
