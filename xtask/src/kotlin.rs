//! What is written in Kotlin: the packages over the core, built and tested with Maven.

use std::process::Command;

use crate::bindings;
use crate::failure::Failure;
use crate::process::{cargo, output_of, program, root, run};
use crate::scenarios;
use crate::setup::debian_package;

const POM: &str = "bindings/kotlin/pom.xml";

/// A JDK and Maven.
pub(crate) fn set_up() -> Result<(), Failure> {
    let there = |name: &str| program(name).ok().and_then(|mut one| output_of(one.arg("-version"))).is_some();
    debian_package("a Java development kit, 17 or newer", "openjdk-17-jdk-headless", || there("javac"))?;
    debian_package("Maven", "maven", || there("mvn"))
}

/// `cargo xtask test kotlin`.
pub(crate) fn test() -> Result<(), Failure> {
    set_up()?;
    let mut stage =
        cargo(["build", "--quiet", "--locked", "--package", "loyalty-tests", "--bin", "loyalty-stage"])?;
    run("building the gateway and its surroundings", &mut stage)?;
    let mut maven = over(&bindings::generate(&["rehearsal"])?)?;
    let stage = root()?.join("target/debug/loyalty-stage");
    maven.arg(format!("-Dloyalty.stage={}", stage.display()));
    scenarios::play_in_rust()?;
    run("testing in Kotlin", maven.arg("verify"))?;
    scenarios::compare("kotlin")
}

/// Maven over the packages, with these generated sources.
fn over(generated: &bindings::Bindings) -> Result<Command, Failure> {
    let mut maven = program("mvn")?;
    maven.args(["--batch-mode", "--quiet", "--file", POM]);
    maven.arg(format!("-Dgenerated.kotlin={}", generated.kotlin.display()));
    maven.arg(format!("-Dnative.libraries={}", generated.libraries.display()));
    Ok(maven)
}
