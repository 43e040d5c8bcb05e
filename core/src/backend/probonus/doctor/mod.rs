//! The doctor: looks at an instance of ProBonus without changing anything there, and says what to correct.
//!
//! [`examine`] does it over the network. [`compare`] alone compares an instance's own description with the contract, and
//! [`overrides_toml`] turns the differences into what the configuration needs. Names are matched by their words, so
//! what is proposed is a proposal: a person reads it before it is used.

mod checks;
mod compare;
mod description;
mod description_search;
mod difference;
mod examination;
mod fields;
mod matching;
mod overrides_toml;
mod pairing;
mod prefix;
mod reach;
mod schema;
mod settings;
mod settled;
mod types;
mod words;

pub use checks::examine;
pub use compare::compare;
pub use difference::{Difference, DifferenceKind, Mend, Severity};
pub use examination::{Check, DoctorOptions, Examination, Outcome, Subject};
pub use overrides_toml::overrides_toml;

#[cfg(test)]
mod tests;
