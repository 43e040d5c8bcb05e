//! What the other commands need on the machine, put there once.

use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::process::{cargo, output_of, program, root, run};
use crate::swift;

/// A program from the package registry, compiled once for all checkouts of this user.
struct Tool {
    name: &'static str,
    version: &'static str,
}

const DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };
const FUZZ: Tool = Tool { name: "cargo-fuzz", version: "0.13.2" };

/// Everything that any command needs.
pub(crate) fn everything() -> Result<(), Failure> {
    compilers_and_zones()?;
    keyring()?;
    components()?;
    deny()?;
    fuzz()?;
    swift::set_up()?;
    println!("everything is set up");
    Ok(())
}

/// A C compiler for SQLite and ring, a C++ compiler for libFuzzer, and the zone data that jiff reads.
pub(crate) fn compilers_and_zones() -> Result<(), Failure> {
    let compiles = |name: &str| {
        program(name).ok().and_then(|mut compiler| output_of(compiler.arg("--version"))).is_some()
    };
    debian_package("a C and C++ compiler", "build-essential", || compiles("cc") && compiles("c++"))?;
    debian_package("the time zone data", "tzdata", || Path::new("/usr/share/zoneinfo/Europe/Moscow").exists())
}

/// A session bus and a keyring on it, for the tests of what is kept there.
pub(crate) fn keyring() -> Result<(), Failure> {
    let there = |name: &str| program(name).ok().and_then(|mut one| output_of(one.arg("--version"))).is_some();
    debian_package("a session bus", "dbus", || there("dbus-run-session"))?;
    debian_package("a keyring", "gnome-keyring", || there("gnome-keyring-daemon"))
}

/// rustfmt and clippy, which minimal installations of Rust leave out.
pub(crate) fn components() -> Result<(), Failure> {
    for (component, subcommand) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if output_of(&mut cargo([subcommand, "--version"])?).is_none() {
            run(
                &format!("installing {component}"),
                program("rustup")?.args(["component", "add", component]),
            )?;
        }
    }
    Ok(())
}

/// The path of cargo-deny.
pub(crate) fn deny() -> Result<PathBuf, Failure> {
    tool(&DENY)
}

/// The path of cargo-fuzz.
pub(crate) fn fuzz() -> Result<PathBuf, Failure> {
    tool(&FUZZ)
}

/// Installs a Debian package where we may, unless `there` already; else says which it is.
fn debian_package(what: &str, package: &str, there: impl Fn() -> bool) -> Result<(), Failure> {
    if there() {
        return Ok(());
    }
    let missing = || Failure::Missing {
        what: what.to_owned(),
        remedy: format!("install it (on Debian: `apt-get install {package}`)"),
    };
    let is_root = output_of(program("id")?.arg("-u")).is_some_and(|id| id.trim() == "0");
    let has_apt = output_of(program("apt-get")?.arg("--version")).is_some();
    if !(is_root && has_apt) {
        return Err(missing());
    }
    println!("installing {package} for {what}");
    run("apt-get update", program("apt-get")?.args(["update", "--quiet"]))?;
    run(
        &format!("installing {package}"),
        program("apt-get")?
            .args(["install", "--yes", "--quiet", "--no-install-recommends", package])
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )?;
    if there() { Ok(()) } else { Err(missing()) }
}

fn tool(tool: &Tool) -> Result<PathBuf, Failure> {
    let home = tools_folder()?;
    let binary = home.join("bin").join(tool.name);
    let wanted = format!("{} {}", tool.name, tool.version);
    if output_of(program(&binary)?.arg("--version")).is_some_and(|version| version.trim() == wanted) {
        return Ok(binary);
    }
    println!("compiling {wanted} into {} (once for this user; some minutes)", home.display());
    let scratch = root()?.join("target").join("tools");
    let version = format!("={}", tool.version);
    run(
        &format!("installing {wanted}"),
        cargo(["install", "--locked", "--force", "--version", &version, tool.name])?
            .arg("--root")
            .arg(&home)
            .arg("--target-dir")
            .arg(&scratch),
    )?;
    // Only the binary is wanted; what it was compiled from is larger than the whole project.
    std::fs::remove_dir_all(&scratch)
        .map_err(|error| Failure::System(format!("{} cannot be removed: {error}", scratch.display())))?;
    Ok(binary)
}

/// The user's cache, because compiled tools are neither configuration nor part of a checkout.
pub(crate) fn tools_folder() -> Result<PathBuf, Failure> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    folder("XDG_CACHE_HOME")
        .or_else(|| folder("HOME").map(|home| home.join(".cache")))
        .map(|cache| cache.join("loyalty-tools"))
        .ok_or_else(|| Failure::Missing {
            what: "a place for tools".to_owned(),
            remedy: "set HOME or XDG_CACHE_HOME".to_owned(),
        })
}
