//! What is written in Kotlin: the packages over the core, built and tested with Maven.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bench::Border;
use crate::bindings;
use crate::failure::Failure;
use crate::process::{cargo, home, output_of, program, root, run};
use crate::scenarios;
use crate::setup::debian_package;
use crate::surefire;

const PACKAGES: &str = "bindings/kotlin";
const MODULES: [&str; 4] = ["api", "client", "fakes", "native"];
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
    surefire::test("testing in Kotlin", PACKAGES, maven.arg("verify"))?;
    scenarios::compare("kotlin")
}

/// `cargo xtask kotlin`: the jars as they would be published, with the library as devices carry it.
pub(crate) fn package() -> Result<(), Failure> {
    set_up()?;
    let generated = for_devices()?;
    // What an earlier test has left in the jars is another library.
    let mut maven = over(&generated)?;
    maven.args(["-Pdocs", "-Dmaven.test.skip=true", "clean", "package"]);
    run("packaging for Kotlin", &mut maven)
}

/// Puts the packages into the local repository, from which the apps take them; unless just these are there, because Maven
/// would compile all of them anew.
pub(crate) fn install(generated: &bindings::Bindings) -> Result<(), Failure> {
    let seal = root()?.join("target/bindings/installed");
    // Before it is built, or what is saved meanwhile would count as built.
    let made_of = made_of(generated)?;
    let sealed = |installed: Vec<PathBuf>| Ok::<_, Failure>(format!("{made_of} {}", fingerprint(installed)?));
    let there = installed().and_then(sealed).ok();
    if there.is_some() && std::fs::read_to_string(&seal).ok() == there {
        return Ok(());
    }
    let mut maven = over(generated)?;
    run("building the core for Kotlin", maven.args(["-Dmaven.test.skip=true", "install"]))?;
    let installed = installed()?;
    // Another checkout may have installed its own just now.
    if installed.iter().all(|file| is_ours(file)) {
        bindings::write_if_changed(&seal, sealed(installed)?.as_bytes())?;
    }
    Ok(())
}

/// A fingerprint of all that the packages are made of.
fn made_of(generated: &bindings::Bindings) -> Result<u64, Failure> {
    let packages = root()?.join(PACKAGES);
    let mut files = vec![packages.join("pom.xml")];
    files.extend(bindings::files(&generated.kotlin)?);
    files.extend(bindings::files(&generated.libraries)?);
    for module in MODULES {
        files.push(packages.join(module).join("pom.xml"));
        files.extend(bindings::files(&packages.join(module).join("src"))?);
    }
    fingerprint(files)
}

/// What the apps take.
fn installed() -> Result<Vec<PathBuf>, Failure> {
    let repository = home().join(".m2/repository/app/loyalty");
    let mut found = bindings::files(&repository.join("loyalty-parent"))?;
    for module in MODULES {
        found.extend(bindings::files(&repository.join(format!("loyalty-{module}")))?);
    }
    found.retain(|file| file.extension().is_some_and(|ending| ending == "jar" || ending == "pom"));
    Ok(found)
}

/// Whether an installed archive is the one that was built here.
fn is_ours(installed: &Path) -> bool {
    let Some(name) =
        installed.file_name().filter(|_| installed.extension().is_some_and(|ending| ending == "jar"))
    else {
        return true;
    };
    let bytes = std::fs::read(installed).ok();
    let built = |module| root().ok().map(|root| root.join(PACKAGES).join(module).join("target").join(name));
    bytes.is_some() && MODULES.iter().filter_map(built).any(|built| std::fs::read(built).ok() == bytes)
}

fn fingerprint(mut files: Vec<PathBuf>) -> Result<u64, Failure> {
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in &files {
        std::fs::read(file).map_err(|error| bindings::unusable(file, &error))?.hash(&mut hasher);
        file.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// The generated sources with the library as devices carry it.
pub(crate) fn for_devices() -> Result<bindings::Bindings, Failure> {
    let mut generated = bindings::generate(&[])?;
    let mut build = cargo(["build", "--locked", "--profile", "device", "--package", "loyalty-ffi"])?;
    run("building the library for devices", &mut build)?;
    let device = root()?.join("target/device").join(bindings::library_name());
    generated.libraries = root()?.join("target/bindings/device");
    let place = generated.libraries.join(bindings::jna_platform()?).join(bindings::library_name());
    let bytes = std::fs::read(&device).map_err(|error| bindings::unusable(&device, &error))?;
    bindings::write_if_changed(&place, &bytes)?;
    Ok(generated)
}

/// What the border costs in Kotlin, over the library as devices carry it.
pub(crate) fn bench(border: &Border, rows: &Path) -> Result<(), Failure> {
    set_up()?;
    let classpath = root()?.join("target/bindings/bench.classpath");
    let mut maven = over(&border.generated)?;
    // The client comes last, so its class path is the one that stays in the file.
    maven.args([
        "-DskipTests",
        "verify",
        "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath",
    ]);
    maven.arg("-Dmdep.includeScope=test").arg(format!("-Dmdep.outputFile={}", classpath.display()));
    run("building the bench", &mut maven)?;
    let dependencies =
        std::fs::read_to_string(&classpath).map_err(|error| bindings::unusable(&classpath, &error))?;
    let client = root()?.join("bindings/kotlin/client/target");
    let mut java = program("java")?;
    java.arg(format!("-Dloyalty.stage={}", border.stage.display()));
    // Not from the jar: Maven would leave it there for the next tests, because it is newer than theirs.
    let library = border.device.libraries.join(bindings::jna_platform()?).join(bindings::library_name());
    java.arg(format!("-Duniffi.component.loyalty_ffi.libraryOverride={}", library.display()));
    java.arg("-cp").arg(format!(
        "{}:{}:{dependencies}",
        client.join("classes").display(),
        client.join("test-classes").display()
    ));
    run("the bench in Kotlin", java.arg("app.loyalty.BenchKt").arg(rows))
}

/// Maven over the packages, with these generated sources.
fn over(generated: &bindings::Bindings) -> Result<Command, Failure> {
    let mut maven = program("mvn")?;
    maven.args(["--batch-mode", "--quiet", "--file", POM]);
    maven.arg(format!("-Dgenerated.kotlin={}", generated.kotlin.display()));
    maven.arg(format!("-Dnative.libraries={}", generated.libraries.display()));
    Ok(maven)
}
