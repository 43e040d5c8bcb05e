//! The phone app for Android, built and tested without Gradle and without an SDK.

mod notices;
mod resources;
mod tools;

use std::path::PathBuf;

use crate::bindings::unusable;
use crate::failure::Failure;
use crate::process::root;
use crate::screens;

/// Where its sources are.
pub(crate) const HOME: &str = "apps/kotlin/android";

/// `cargo xtask android resources`: all that the app's module is compiled against and Maven does not make.
pub(crate) fn resources() -> Result<(), Failure> {
    tools::set_up()?;
    screens::prepare()?;
    resources::build()
}

/// What is built of the app, and what its module reads of it.
fn built() -> Result<PathBuf, Failure> {
    Ok(root()?.join("target/android"))
}

/// A property of a POM of the app, which is where its versions and levels stand.
fn property(pom: &str, name: &str) -> Result<String, Failure> {
    let path = root()?.join(pom);
    let text = std::fs::read_to_string(&path).map_err(|error| unusable(&path, &error))?;
    text.split_once(&format!("<{name}>"))
        .and_then(|(_, rest)| rest.split_once('<'))
        .map(|(value, _)| value.to_owned())
        .ok_or_else(|| Failure::System(format!("{pom} says nothing of {name}")))
}
