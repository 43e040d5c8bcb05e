//! What must hold for any bytes at all.
//!
//! Each function takes bytes that nobody vouches for and panics when a promise of the core is broken. The fuzz
//! targets call them with bytes that libFuzzer invents, the tests of this crate with the committed corpora, so that a
//! finding stays found without a fuzzer.

// A broken promise is reported by a panic: that is what a fuzzer listens to.
#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod dates;
mod overrides;
mod phones;
mod replies;
mod sums;

pub use dates::dates;
pub use overrides::overrides;
pub use phones::phones;
pub use replies::replies;
pub use sums::sums;

/// No promise is made about an input in an error, except that it is not there. The core's error texts have no digits
/// of their own, so a digit could only have come from a phone, a sum or a date.
fn assert_tells_nothing(error: &(impl std::fmt::Debug + std::fmt::Display)) {
    let texts = format!("{error} {error:?}");
    assert!(!texts.chars().any(char::is_numeric), "an error repeats what it was given: {texts}");
}
