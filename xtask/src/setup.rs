//! What the other commands need on the machine, put there once.

use std::path::{Path, PathBuf};

use crate::android;
use crate::failure::Failure;
use crate::process::{cargo, output_of, program, root, run};
use crate::screens;
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
    postgresql()?;
    packaging()?;
    schemathesis()?;
    keyring()?;
    components()?;
    deny()?;
    fuzz()?;
    screens::set_up()?;
    android::set_up()?;
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

/// The server whose private clusters the gateway's tests start. Its own, system-wide one is not used.
pub(crate) fn postgresql() -> Result<(), Failure> {
    debian_package("PostgreSQL", "postgresql", || {
        let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        versions
            .map(|version| version.path().join("bin"))
            .chain(path())
            .any(|folder| folder.join("initdb").exists())
    })
}

/// What the gateway's packaging is tried with: systemd's checker of units, and nginx.
pub(crate) fn packaging() -> Result<(), Failure> {
    debian_package("the checker of systemd's units", "systemd", || is_on_path("systemd-analyze"))?;
    debian_package("nginx", "nginx-light", || is_on_path("nginx"))
}

/// Schemathesis, which makes up calls from the gateway's description.
pub(crate) fn schemathesis() -> Result<(), Failure> {
    let root = root()?;
    python("Schemathesis", &root.join("apps/gateway/tests/requirements.txt"), &root.join("target/python"))
}

/// A Python environment with what a file of requirements lists.
pub(crate) fn python(what: &str, requirements: &Path, environment: &Path) -> Result<(), Failure> {
    let installed = environment.join("installed.txt");
    let read = |file: &Path| {
        std::fs::read(file)
            .map_err(|error| Failure::System(format!("{} cannot be read: {error}", file.display())))
    };
    let wanted = read(requirements)?;
    if installed.is_file() && read(&installed)? == wanted {
        return Ok(());
    }
    debian_package("Python with its environments", "python3-venv", || {
        let asked = program("python3").ok();
        asked.and_then(|mut python| output_of(python.args(["-c", "import ensurepip, venv"]))).is_some()
    })?;
    println!("installing {what} into {}", environment.display());
    run("making a Python environment", program("python3")?.args(["-m", "venv", "--clear"]).arg(environment))?;
    run(
        &format!("installing {what}"),
        program(environment.join("bin/python"))?
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(requirements),
    )?;
    // Written last: an installation that was interrupted is begun anew.
    std::fs::write(&installed, wanted)
        .map_err(|error| Failure::System(format!("{} cannot be written: {error}", installed.display())))
}

/// Servers often lie where only root's path leads.
fn is_on_path(name: &str) -> bool {
    path().into_iter().chain(["/usr/sbin".into()]).any(|folder| folder.join(name).exists())
}

fn path() -> Vec<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect()
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
pub(crate) fn debian_package(what: &str, package: &str, there: impl Fn() -> bool) -> Result<(), Failure> {
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
            .env("DEBIAN_FRONTEND", "noninteractive")
            // No server is started: tests start their own.
            .env("RUNLEVEL", "1"),
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
