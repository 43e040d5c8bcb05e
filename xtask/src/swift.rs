//! What is written in Swift: the package over the core and the iPhone app, built and tested on any machine.

mod debian;
mod toolchain;

use crate::failure::Failure;
use crate::process::{output_of, program};

pub(crate) use toolchain::Toolchain;

/// A Swift toolchain, unpacked if the machine has none.
pub(crate) fn set_up() -> Result<Toolchain, Failure> {
    Toolchain::find()
}

pub(crate) fn is_root() -> Result<bool, Failure> {
    Ok(output_of(program("id")?.arg("-u")).is_some_and(|id| id.trim() == "0"))
}
