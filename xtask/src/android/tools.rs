//! The programs that make an app, each from a package registry.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bindings::unusable;
use crate::failure::Failure;
use crate::process::{program, root, run};
use crate::{kotlin, screens, setup};

/// Debian's programs, and what each is for.
const PACKAGES: &[(&str, &str, &str)] = &[
    ("what packs an app", "zip", "/usr/bin/zip"),
    ("what aligns an app", "zipalign", "/usr/bin/zipalign"),
    ("what signs an app", "apksigner", "/usr/bin/apksigner"),
];

/// All of it.
pub(crate) fn set_up() -> Result<(), Failure> {
    for (what, package, file) in PACKAGES {
        setup::debian_package(what, package, || Path::new(file).exists())?;
    }
    let requirements = root()?.join(super::HOME).join("requirements.txt");
    setup::python("the linker of resources", &requirements, &environment()?)?;
    executable(&aapt2()?)?;
    libraries_there()
}

/// A JDK, Maven, AndroidX and the programs that are jars.
pub(super) fn libraries_there() -> Result<(), Failure> {
    kotlin::set_up()?;
    setup::debian_package("what unpacks AndroidX", "unzip", || Path::new("/usr/bin/unzip").exists())?;
    let mut maven = program("mvn")?;
    maven.args(["--batch-mode", "--quiet", "--file", screens::POM]);
    maven.args(["--projects", "android-tools,androidx,androidx-test", "process-resources"]);
    run("fetching AndroidX and what builds with it", &mut maven)
}

/// aapt2, which links resources.
pub(super) fn aapt2() -> Result<PathBuf, Failure> {
    let libraries = environment()?.join("lib");
    let pythons = std::fs::read_dir(&libraries).map_err(|error| unusable(&libraries, &error))?;
    let system = if cfg!(target_os = "macos") { "Darwin" } else { "Linux" };
    pythons
        .flatten()
        .map(|python| python.path().join("site-packages/aapt2/bin").join(system).join("aapt2"))
        .find(|file| file.exists())
        .ok_or_else(|| Failure::System(format!("no aapt2 in {}", libraries.display())))
}

/// A program of Google's that is published as a jar.
pub(super) fn java(main: &str) -> Result<Command, Failure> {
    let mut java = program("java")?;
    java.arg("-cp").arg(root()?.join("apps/kotlin/android-tools/target/programs/*")).arg(main);
    Ok(java)
}

/// JNA as it is published for Android, unpacked.
pub(super) fn jna() -> Result<PathBuf, Failure> {
    let target = root()?.join("apps/kotlin/android-tools/target");
    let folder = target.join("jna");
    let mut unzip = program("unzip")?;
    run("unpacking JNA", unzip.arg("-oqq").arg(target.join("jna.aar")).arg("-d").arg(&folder))?;
    Ok(folder)
}

/// Android as a jar: `resources` for aapt2, which reads no newer table than that, or `classes`.
pub(super) fn platform(name: &str) -> Result<PathBuf, Failure> {
    Ok(root()?.join(format!("apps/kotlin/android-tools/target/platforms/{name}.jar")))
}

/// The unpacked libraries of AndroidX, in the order of their names.
pub(super) fn libraries() -> Result<Vec<PathBuf>, Failure> {
    let folder = root()?.join("apps/kotlin/androidx/target/aar");
    let entries = std::fs::read_dir(&folder).map_err(|error| unusable(&folder, &error))?;
    let mut libraries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    libraries.sort();
    Ok(libraries)
}

fn environment() -> Result<PathBuf, Failure> {
    Ok(setup::tools_folder()?.join("aapt2"))
}

/// The package was made on a system without such permissions.
#[cfg(unix)]
fn executable(file: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755))
        .map_err(|error| unusable(file, &error))
}

#[cfg(not(unix))]
fn executable(_: &Path) -> Result<(), Failure> {
    Ok(())
}
