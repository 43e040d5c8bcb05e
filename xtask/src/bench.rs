//! Ours against bare code.

use std::path::PathBuf;

use crate::bindings::{self, Bindings};
use crate::failure::Failure;
use crate::kiosk;
use crate::kotlin;
use crate::process::{cargo, root, run};
use crate::setup;
use crate::swift;

/// What the benches of the border are run over.
pub(crate) struct Border {
    /// Generated sources, with the library that tests run over.
    pub(crate) generated: Bindings,
    /// The same with the library as devices carry it, but for what only benches call.
    pub(crate) device: Bindings,
    /// The program with everything around a device.
    pub(crate) stage: PathBuf,
}

/// `cargo xtask bench`: each language measures its rows, and the last puts all of them into one table.
pub(crate) fn run_all() -> Result<(), Failure> {
    setup::compilers_and_zones()?;
    let border = border()?;
    let rows = |language: &str| Ok::<_, Failure>(root()?.join(format!("target/bench-{language}.json")));
    let (kotlin, swift) = (rows("kotlin")?, rows("swift")?);
    kotlin::bench(&border, &kotlin)?;
    swift::bench(&border, &swift)?;
    let mut table = cargo(["run", "--release", "--locked", "--package", "loyalty-benches", "--"])?;
    run("the bench", table.arg(kotlin).arg(swift).arg(kiosk::bench()?))
}

fn border() -> Result<Border, Failure> {
    let mut stage = cargo(["build", "--quiet", "--locked", "--release", "--package", "loyalty-tests"])?;
    run("building the gateway and its surroundings", stage.args(["--bin", "loyalty-stage"]))?;
    let generated = bindings::generate(&["rehearsal"])?;
    let mut build = cargo(["build", "--locked", "--profile", "device", "--package", "loyalty-ffi"])?;
    run("building the library for devices", build.args(["--features", "rehearsal"]))?;
    let device = root()?.join("target/device").join(bindings::library_name());
    // In a place of its own: what ships is built to the same one without what only benches call.
    let libraries = root()?.join("target/bindings/bench");
    let place = libraries.join(bindings::jna_platform()?).join(bindings::library_name());
    let bytes = std::fs::read(&device).map_err(|error| bindings::unusable(&device, &error))?;
    bindings::write_if_changed(&place, &bytes)?;
    let carried = Bindings { kotlin: generated.kotlin.clone(), swift: generated.swift.clone(), libraries };
    Ok(Border { generated, device: carried, stage: root()?.join("target/release/loyalty-stage") })
}
