//! The phone app for Android, built and tested without Gradle and without an SDK.

mod contents;
mod manifest;
mod notices;
mod package;
mod resources;
mod shrink;
mod tools;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::bindings::unusable;
use crate::failure::Failure;
use crate::process::{program, root, run};
use crate::screens;

/// Where its sources are.
const HOME: &str = "apps/kotlin/android";
/// What Kotlin and Java may weigh on a phone: all of it is parsed when the app is installed, and what grows here is
/// mostly a library that somebody took along.
pub(crate) const DEX_CEILING: u64 = 2_400_000;

/// `cargo xtask android resources`: all that the app's module is compiled against and Maven does not make.
pub(crate) fn resources() -> Result<(), Failure> {
    tools::set_up()?;
    screens::prepare()?;
    resources::build()
}

/// `cargo xtask test android`: builds the app as a phone would get it, and holds it to what it promises.
pub(crate) fn test() -> Result<(), Failure> {
    resources()?;
    agree_to_the_manifest()?;
    run("testing the Android app", maven()?.arg("verify"))?;
    shrink::build()?;
    contents::search(&package::build()?)?;
    let size = shrink::size()?;
    println!("the classes of the app: {size} bytes of at most {DEX_CEILING}");
    if size > DEX_CEILING { Err(Failure::Checks) } else { Ok(()) }
}

/// The size of what Kotlin and Java come to on a phone.
pub(crate) fn dex_size() -> Result<u64, Failure> {
    resources()?;
    run("building the Android app", maven()?.args(["-DskipTests", "package"]))?;
    shrink::build()?;
    shrink::size()
}

/// Maven over the app's module and what it is made of.
fn maven() -> Result<Command, Failure> {
    let mut maven = program("mvn")?;
    maven.args(["--batch-mode", "--quiet", "--file", screens::POM, "--projects", "android", "--also-make"]);
    Ok(maven)
}

fn agree_to_the_manifest() -> Result<(), Failure> {
    let merged = built()?.join("AndroidManifest.xml");
    let faults = manifest::faults(&fs::read_to_string(&merged).map_err(|error| unusable(&merged, &error))?);
    for fault in &faults {
        println!("the merged manifest: {fault}");
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::Checks) }
}

/// What is built of the app, and what its module reads of it.
fn built() -> Result<PathBuf, Failure> {
    Ok(root()?.join("target/android"))
}

/// A property of a POM of the app, which is where its versions and levels stand.
fn property(pom: &str, name: &str) -> Result<String, Failure> {
    let path = root()?.join(pom);
    let text = fs::read_to_string(&path).map_err(|error| unusable(&path, &error))?;
    text.split_once(&format!("<{name}>"))
        .and_then(|(_, rest)| rest.split_once('<'))
        .map(|(value, _)| value.to_owned())
        .ok_or_else(|| Failure::System(format!("{pom} says nothing of {name}")))
}
