//! Ours against bare code.

use crate::failure::Failure;
use crate::kotlin;
use crate::process::{self, cargo};
use crate::setup;

/// Builds both in release and measures them.
pub(crate) fn run() -> Result<(), Failure> {
    setup::compilers_and_zones()?;
    process::run("the bench", &mut cargo(["run", "--release", "--locked", "--package", "loyalty-benches"])?)?;
    kotlin::bench()
}
