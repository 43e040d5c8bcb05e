//! The kiosk as a finished program: its application image, and how long it takes to show something.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bindings::unusable;
use crate::failure::Failure;
use crate::kotlin;
use crate::process::{program, root, run};
use crate::screens;

/// How its Java runs, here and in the tests.
const JAVA: &str = "packaging/kiosk/java.options";

/// `cargo xtask kiosk`: the application image with a Java runtime of its own, in `target/kiosk`.
pub(crate) fn package() -> Result<(), Failure> {
    over_the_library_for_devices()?;
    image()
}

/// `cargo xtask bench`: from the start of the process to the first frame, against a bare window.
pub(crate) fn bench() -> Result<PathBuf, Failure> {
    over_the_library_for_devices()?;
    let figures = root()?.join("target/bench-kiosk.json");
    let built = built()?;
    let jars = |first: &str| format!("{}:{}", built.join(first).display(), built.join("lib/*").display());
    let mut java = over_tests(&[])?;
    java.arg("app.loyalty.kiosk.FirstFrameBenchKt").arg(&figures);
    run("the bench of the kiosk", java.args([jars("kiosk-0.1.0.jar"), jars("test-classes")]))?;
    Ok(figures)
}

/// Makes the image of what Maven has built, starts it on a virtual screen, and looks at it.
pub(crate) fn image() -> Result<(), Failure> {
    let (built, folder) = (built()?, root()?.join("target/kiosk"));
    let input = built.join("lib");
    copy(&built.join("kiosk-0.1.0.jar"), &input.join("kiosk-0.1.0.jar"))?;
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|error| unusable(&folder, &error))?;
    }
    let mut jpackage = program("jpackage")?;
    jpackage.args(["--type", "app-image", "--name", "loyalty-kiosk", "--main-jar", "kiosk-0.1.0.jar"]);
    jpackage.args(["--main-class", "app.loyalty.kiosk.MainKt"]);
    // What Compose, coroutines and JNA use of Java; the rest would triple the image.
    jpackage.args(["--add-modules", "java.desktop,java.logging,java.management,jdk.unsupported"]);
    jpackage.args(["--jlink-options", "--strip-debug --no-man-pages --no-header-files --compress=2"]);
    for option in options(&read(JAVA)?) {
        jpackage.args(["--java-options", option]);
    }
    run("packaging the kiosk", jpackage.arg("--input").arg(&input).arg("--dest").arg(&folder))?;

    let image = folder.join("loyalty-kiosk");
    // A runtime that jlink made comes without the archive of Java's own classes, and starts slower for it.
    let mut archive = program(image.join("lib/runtime/bin/java"))?;
    run("archiving Java's classes", archive.args(["-XX:+UseSerialGC", "-Xshare:dump"]))?;
    let manual = image.join("share/doc");
    std::fs::create_dir_all(&manual).map_err(|error| unusable(&manual, &error))?;
    for file in [
        "docs/kiosk.md",
        "packaging/kiosk/loyalty-kiosk.service",
        "packaging/kiosk/xorg.conf",
        "packaging/kiosk/sysctl.conf",
        "packaging/kiosk/system.conf",
        "packaging/kiosk/logind.conf",
        "packaging/kiosk/kiosk.properties.example",
    ] {
        let from = root()?.join(file);
        copy(&from, &manual.join(from.file_name().unwrap_or_default()))?;
    }
    let mut check = over_tests(&[format!("-Dkiosk.image={}", image.display())])?;
    run("starting the image", check.args(["org.junit.runner.JUnitCore", "app.loyalty.kiosk.ImageTest"]))
}

/// The lines that are options, and no comments.
fn options(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

fn read(file: &str) -> Result<String, Failure> {
    let path = root()?.join(file);
    std::fs::read_to_string(&path).map_err(|error| unusable(&path, &error))
}

/// Builds the kiosk without testing it.
fn over_the_library_for_devices() -> Result<(), Failure> {
    screens::set_up()?;
    screens::prepare_over(&kotlin::for_devices()?)?;
    run(
        "building the kiosk",
        screens::maven()?.args(["-DskipTests", "--projects", "kiosk", "--also-make", "install"]),
    )
}

/// Where Maven leaves the kiosk.
fn built() -> Result<PathBuf, Failure> {
    Ok(root()?.join("apps/kotlin/kiosk/target"))
}

/// Java with the kiosk, its tests and what runs them.
fn over_tests(properties: &[String]) -> Result<Command, Failure> {
    let built = built()?;
    let home = std::env::var("HOME").unwrap_or_default();
    let repository = format!("{home}/.m2/repository");
    let path = [
        built.join("test-classes").display().to_string(),
        built.join("classes").display().to_string(),
        built.join("lib/*").display().to_string(),
        format!("{repository}/junit/junit/4.13.2/junit-4.13.2.jar"),
        format!("{repository}/org/hamcrest/hamcrest-core/1.3/hamcrest-core-1.3.jar"),
    ];
    let mut java = program("java")?;
    java.args(["-Djava.awt.headless=true", "-Xmx1g"]);
    java.arg(format!("-Dcheckout={}", root()?.display()));
    java.arg(format!("-Dloyalty.stage={}", root()?.join("target/debug/loyalty-stage").display()));
    java.args(properties).args(["-cp", &path.join(":")]);
    Ok(java)
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    std::fs::copy(from, to).map(drop).map_err(|error| unusable(from, &error))
}

#[cfg(test)]
mod tests {
    use super::options;

    #[test]
    fn every_line_that_is_no_comment_is_an_option() {
        assert_eq!(options("# why\n-Xmx1m\n\n  -ea\n"), ["-Xmx1m", "-ea"]);
    }
}
