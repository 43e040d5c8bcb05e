//! The picture at the top of the README.

use std::process::Stdio;

use crate::failure::Failure;
use crate::process::{self, cargo, root};
use crate::setup;

const PICTURE: &str = "docs/journey.svg";

/// Plays the demo in colour and writes it to [`PICTURE`].
pub(crate) fn draw() -> Result<(), Failure> {
    setup::compilers_and_zones()?;
    let mut demo =
        cargo(["run", "--quiet", "--locked", "--package", "loyalty-cli", "--bin", "loyalty", "demo"])?;
    let shown = process::output_of(demo.args(["--lang", "ru"]).env("CLICOLOR_FORCE", "1"))
        .ok_or_else(|| Failure::System("the demo did not run: try `cargo xtask demo`".to_owned()))?;

    let path = root()?.join(PICTURE);
    let file = std::fs::File::create(&path)
        .map_err(|error| Failure::System(format!("{PICTURE} cannot be written: {error}")))?;
    let mut draw =
        cargo(["run", "--quiet", "--locked", "--package", "loyalty-cli", "--example", "terminal_picture"])?;
    let mut child = draw
        .stdin(Stdio::piped())
        .stdout(file)
        .spawn()
        .map_err(|error| Failure::System(format!("the picture could not be drawn: {error}")))?;
    if let Some(mut input) = child.stdin.take() {
        std::io::Write::write_all(&mut input, shown.as_bytes())
            .map_err(|error| Failure::System(format!("the picture could not be drawn: {error}")))?;
    }
    let status = child.wait().map_err(|error| Failure::System(error.to_string()))?;
    if status.success() { Ok(()) } else { Err(Failure::System("the picture could not be drawn".to_owned())) }
}
