//! The screens of phone and kiosk: built, tested, drawn and shown with Maven.

use std::path::Path;
use std::process::Command;

use crate::bindings;
use crate::failure::Failure;
use crate::kiosk;
use crate::kotlin;
use crate::process::{cargo, program, root, run};
use crate::setup::{debian_package, packaging};
use crate::strings;
use crate::surefire;

pub(crate) const APPS: &str = "apps/kotlin";
pub(crate) const POM: &str = "apps/kotlin/pom.xml";

/// What Compose draws with, and what real windows on a virtual screen need.
const PACKAGES: &[(&str, &str, &str)] = &[
    ("the software OpenGL that windows are drawn with", "libgl1-mesa-dri", "/usr/lib/*/dri/swrast_dri.so"),
    ("OpenGL", "libgl1", "/usr/lib/*/libGL.so.1"),
    ("the X server's OpenGL", "libglx-mesa0", "/usr/lib/*/libGLX_mesa.so.0"),
    ("font configuration", "fontconfig", "/usr/bin/fc-list"),
    ("FreeType", "libfreetype6", "/usr/lib/*/libfreetype.so.6"),
    ("a Java runtime with windows", "openjdk-17-jre", "/usr/lib/jvm/*/lib/libawt_xawt.so"),
    ("a virtual screen", "xvfb", "/usr/bin/Xvfb"),
    ("what presses keys on it", "xdotool", "/usr/bin/xdotool"),
    ("what takes pictures of it", "imagemagick", "/usr/bin/import"),
    ("what poses as a scanner on it", "libxtst6", "/usr/lib/*/libXtst.so.6"),
];

/// Java, Maven, and what draws and shows windows.
pub(crate) fn set_up() -> Result<(), Failure> {
    kotlin::set_up()?;
    // Holds the kiosk's unit against systemd, and makes its image.
    packaging()?;
    for (what, package, file) in PACKAGES {
        debian_package(what, package, || exists(file))?;
    }
    compose_compiler()
}

/// Tests all of it, windows included.
pub(crate) fn test() -> Result<(), Failure> {
    prepare()?;
    surefire::test(
        "testing the screens",
        APPS,
        maven()?.args(["--projects", "kiosk", "--also-make", "verify"]),
    )?;
    kiosk::image()
}

/// `cargo xtask screens [FIXTURE]`: draws the committed pictures anew, and those that the pattern names in every variant
/// into `target/gallery`.
pub(crate) fn draw(pattern: &str) -> Result<(), Failure> {
    prepare()?;
    let mut maven = maven()?;
    maven.args([
        "-Dbless=true",
        "-Dtest=PicturesTest,GalleryTest",
        "-Dsurefire.failIfNoSpecifiedTests=false",
    ]);
    maven.arg(format!("-Dfixture={pattern}")).args(["--projects", "ui-desktop", "--also-make", "test"]);
    run("drawing the screens", &mut maven)
}

/// `cargo xtask demo`: opens the kiosk where there is a display; where there is none, visits it on a virtual one and
/// leaves pictures in `target/demo`.
pub(crate) fn demo() -> Result<(), Failure> {
    prepare()?;
    run(
        "building the kiosk",
        maven()?.args(["-DskipTests", "--projects", "kiosk", "--also-make", "install"]),
    )?;
    if std::env::var_os("DISPLAY").is_some() {
        return run("the kiosk", &mut shown()?);
    }
    let mut visit = maven()?;
    visit.args([
        "--projects",
        "kiosk",
        // What guests see, and not all that can go wrong behind it.
        "-Dtest=VisitTest#a guest*+a scanned*+a newcomer*+without the gateway*",
        "test",
    ]);
    run("a visit to the kiosk on a virtual screen", &mut visit)?;
    println!("pictures of the visit: {}", root()?.join("target/demo").display());
    Ok(())
}

/// Everything that Maven does not make itself.
pub(crate) fn prepare() -> Result<(), Failure> {
    set_up()?;
    prepare_over(&bindings::generate(&[])?)
}

/// The same, over this library.
pub(crate) fn prepare_over(generated: &bindings::Bindings) -> Result<(), Failure> {
    strings::write()?;
    let mut stage =
        cargo(["build", "--quiet", "--locked", "--package", "loyalty-tests", "--bin", "loyalty-stage"])?;
    run("building the gateway and its surroundings", &mut stage)?;
    kotlin::install(generated)
}

pub(crate) fn maven() -> Result<Command, Failure> {
    let mut maven = program("mvn")?;
    maven.args(["--batch-mode", "--quiet", "--file", POM]);
    Ok(maven)
}

/// The kiosk in a window over a gateway of its own, which prints the codes that it sends.
fn shown() -> Result<Command, Failure> {
    let kiosk = root()?.join("apps/kotlin/kiosk/target");
    let path =
        ["test-classes", "classes", "lib/*"].map(|part| kiosk.join(part).display().to_string()).join(":");
    let mut java = program("java")?;
    java.arg(format!("-Dloyalty.stage={}", root()?.join("target/debug/loyalty-stage").display()));
    java.args(["-cp", &path, "app.loyalty.kiosk.DemoKt"]);
    Ok(java)
}

/// Maven takes the compiler's plugin for Compose from the local repository by its path, so it has to be there first.
fn compose_compiler() -> Result<(), Failure> {
    let pom = std::fs::read_to_string(root()?.join(POM))
        .map_err(|error| Failure::System(format!("{POM} cannot be read: {error}")))?;
    let version = pom
        .split_once("<kotlin.version>")
        .and_then(|(_, rest)| rest.split_once('<'))
        .map(|(version, _)| version.to_owned())
        .ok_or_else(|| Failure::System(format!("{POM} names no version of Kotlin")))?;
    let name = "kotlin-compose-compiler-plugin-embeddable";
    let home = std::env::var("HOME").unwrap_or_default();
    let file = format!("{home}/.m2/repository/org/jetbrains/kotlin/{name}/{version}/{name}-{version}.jar");
    if Path::new(&file).exists() {
        return Ok(());
    }
    let mut get = program("mvn")?;
    get.args(["--batch-mode", "--quiet", "dependency:get", "-Dtransitive=false"]);
    run(
        "fetching the compiler of Compose",
        get.arg(format!("-Dartifact=org.jetbrains.kotlin:{name}:{version}")),
    )
}

/// Whether there is a file; one folder of its path may be `*`.
fn exists(path: &str) -> bool {
    let Some((before, after)) = path.split_once("*/") else { return Path::new(path).exists() };
    let Ok(folders) = std::fs::read_dir(before) else { return false };
    folders.flatten().any(|folder| folder.path().join(after).exists())
}

#[cfg(test)]
mod tests {
    use super::exists;

    #[test]
    fn a_star_stands_for_one_folder() {
        let root = env!("CARGO_MANIFEST_DIR");
        assert!(exists(&format!("{root}/*/main.rs")));
        assert!(!exists(&format!("{root}/*/nothing.rs")));
        assert!(exists(&format!("{root}/Cargo.toml")));
    }
}
