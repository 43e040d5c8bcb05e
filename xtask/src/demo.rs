//! The journey of a guest, from a clean clone.

use std::time::Instant;

use crate::failure::Failure;
use crate::process::{self, cargo, program, root};
use crate::setup;

/// Builds `loyalty` and runs its demo with `arguments`.
pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    setup::compilers_and_zones()?;
    let started = Instant::now();
    // Not a release build: that takes more than twice as long to make, and the journey is over in seconds anyway.
    process::run("building loyalty", &mut cargo(["build", "--locked", "--package", "loyalty-cli"])?)?;
    let build = started.elapsed();

    let started = Instant::now();
    let loyalty = root()?.join("target").join("debug").join("loyalty");
    process::run("the demo", program(loyalty)?.arg("demo").args(arguments))?;
    let journey = started.elapsed();
    println!("\nbuilt in {:.1} s, the journey took {:.1} s", build.as_secs_f64(), journey.as_secs_f64());
    Ok(())
}
