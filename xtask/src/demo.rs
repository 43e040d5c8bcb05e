//! The journey of a guest, from a clean clone.

use std::time::Instant;

use crate::failure::Failure;
use crate::process::{self, cargo};
use crate::setup;

/// Builds `loyalty` and runs its demo with `arguments`.
pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    setup::compilers_and_zones()?;
    let started = Instant::now();
    // Not a release build: that takes more than twice as long to make, and the journey is over in seconds anyway.
    process::run("building loyalty", &mut cargo(["build", "--locked", "--package", "loyalty-cli"])?)?;
    let build = started.elapsed();

    let started = Instant::now();
    // Through cargo, because only it knows where its output goes on this machine.
    let mut loyalty =
        cargo(["run", "--quiet", "--locked", "--package", "loyalty-cli", "--bin", "loyalty", "--", "demo"])?;
    process::run("the demo", loyalty.args(arguments))?;
    let journey = started.elapsed();
    println!("\nbuilt in {:.1} s, the journey took {:.1} s", build.as_secs_f64(), journey.as_secs_f64());
    Ok(())
}
