//! The page that explains every error code.

use crate::failure::Failure;
use crate::process::{self, cargo};

/// Writes `docs/errors.md`. The page is made by the test that otherwise compares it, because only a crate that
/// depends on the core knows the codes, and this one builds quickly by not doing so.
pub(crate) fn write() -> Result<(), Failure> {
    process::run(
        "writing the glossary",
        cargo(["test", "--quiet", "--locked", "--package", "loyalty-tests", "--test", "house", "glossary"])?
            .env("BLESS", "1"),
    )
}
