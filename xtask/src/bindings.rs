//! The Kotlin and Swift of `bindings/ffi`: generated, and held against what was agreed to.

use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::process::{cargo, output_of, program, root, run};

/// What the library exports, as it was last agreed to.
const SURFACE: &str = "bindings/ffi/surface.txt";

/// What must not be in a library that devices carry: paths of the core's rooms as they stand in symbols, and names of the
/// loyalty server's methods.
const NOT_FOR_DEVICES: &[&str] = &[
    "12loyalty_core7backend8probonus",
    "12loyalty_core8operator",
    "find_by_phone",
    "insert_by_template",
    "get_balance_extended",
    "register_check",
];
/// What is in it for certain, so that a search that finds nothing is seen to have looked in the right place.
const FOR_DEVICES: &[&str] = &["12loyalty_core7backend7gateway", "12loyalty_core5guest", "sign-in/confirm"];

/// Generated sources and the library that they belong to.
#[derive(Debug)]
pub(crate) struct Bindings {
    /// The generated Kotlin, by package.
    pub(crate) kotlin: PathBuf,
    /// The generated Swift and its C header.
    pub(crate) swift: PathBuf,
    /// The shared library, in a folder named as JNA names this platform.
    pub(crate) libraries: PathBuf,
}

/// `cargo xtask bindings`: writes both languages, and fails when the surface is another than the agreed one or when
/// something is inside that no device may carry.
pub(crate) fn write() -> Result<(), Failure> {
    let bindings = generate(&[])?;
    no_operators_code(&built_library()?)?;
    let (agreed, now) = (agreed_surface()?, surface()?);
    if agreed != now {
        print!("{}", differences(&agreed, &now));
        println!("{SURFACE} differs; if that is meant: cargo xtask bindings accept");
        return Err(Failure::Checks);
    }
    println!("{}", bindings.kotlin.display());
    println!("{}", bindings.swift.display());
    Ok(())
}

/// `cargo xtask bindings accept`: the surface as it is becomes the agreed one.
pub(crate) fn accept() -> Result<(), Failure> {
    generate(&[])?;
    write_if_changed(&root()?.join(SURFACE), surface()?.as_bytes())
}

/// Generates into `target/bindings`; with features, into a folder beside it.
pub(crate) fn generate(features: &[&str]) -> Result<Bindings, Failure> {
    // One package at a time: together, the generator's features would be built into the library.
    run(
        "building the generator",
        &mut cargo(["build", "--quiet", "--locked", "--package", "loyalty-bindgen"])?,
    )?;
    let mut build = cargo(["build", "--quiet", "--locked", "--package", "loyalty-ffi"])?;
    run("building the library", build.args(["--features", &features.join(",")]))?;

    let target = root()?.join("target");
    let home = target.join("bindings").join(features.join("-"));
    let bindings = Bindings {
        kotlin: home.join("kotlin"),
        swift: home.join("swift"),
        libraries: home.join("libraries"),
    };
    let library = built_library()?;
    let draft = home.join("draft");
    for (language, folder) in [("kotlin", &bindings.kotlin), ("swift", &bindings.swift)] {
        let mut generator = program(generator()?)?;
        generator.args(["generate", "--no-format", "--config", "uniffi.toml", "--language", language]);
        run("generating", generator.arg("--out-dir").arg(&draft).arg(&library))?;
        take_over(&draft, folder)?;
    }
    let copy = bindings.libraries.join(jna_platform()?).join(library_name());
    place_library(&library, &copy)?;
    Ok(bindings)
}

fn generator() -> Result<PathBuf, Failure> {
    Ok(root()?.join("target/debug/loyalty-bindgen"))
}

pub(crate) fn built_library() -> Result<PathBuf, Failure> {
    Ok(root()?.join("target/debug").join(library_name()))
}

pub(crate) fn library_name() -> String {
    format!("{}loyalty_ffi{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX)
}

/// The folder in which JNA looks for this platform's library.
pub(crate) fn jna_platform() -> Result<String, Failure> {
    let system = match std::env::consts::OS {
        "linux" => "linux",
        "macos" => "darwin",
        "windows" => "win32",
        other => return Err(Failure::System(format!("nobody has tried the Kotlin bindings on {other}"))),
    };
    Ok(format!("{system}-{}", std::env::consts::ARCH.replace('_', "-")))
}

/// The library without debug information, which is most of it.
fn place_library(library: &Path, copy: &Path) -> Result<(), Failure> {
    let newer = |one: &Path, other: &Path| {
        let time = |path: &Path| path.metadata().and_then(|data| data.modified()).ok();
        time(one) > time(other)
    };
    if !newer(library, copy) {
        return Ok(());
    }
    let folder = copy.parent().unwrap_or(copy);
    std::fs::create_dir_all(folder).map_err(|error| unusable(folder, &error))?;
    run("stripping the library", program("strip")?.arg("-g").arg("-o").arg(copy).arg(library))
}

fn surface() -> Result<String, Failure> {
    let mut generator = program(generator()?)?;
    output_of(generator.arg("surface").arg(built_library()?))
        .ok_or_else(|| Failure::System("the library tells nothing of its surface".to_owned()))
}

fn agreed_surface() -> Result<String, Failure> {
    let path = root()?.join(SURFACE);
    std::fs::read_to_string(&path).map_err(|error| unusable(&path, &error))
}

/// The lines that came and went.
fn differences(agreed: &str, now: &str) -> String {
    let missing = |here: &str, there: &str, sign: char| -> String {
        let there: std::collections::BTreeSet<&str> = there.lines().collect();
        here.lines().filter(|line| !there.contains(line)).map(|line| format!("{sign} {line}\n")).collect()
    };
    format!("{}{}", missing(agreed, now, '-'), missing(now, agreed, '+'))
}

fn no_operators_code(library: &Path) -> Result<(), Failure> {
    let bytes = std::fs::read(library).map_err(|error| unusable(library, &error))?;
    let (forbidden, missing) = inside(&bytes);
    for name in &forbidden {
        println!("{name} is in the library for devices");
    }
    for name in &missing {
        println!("{name} is not in the library for devices: is it the right one?");
    }
    if forbidden.is_empty() && missing.is_empty() { Ok(()) } else { Err(Failure::Checks) }
}

/// What is there and must not be, and what is not there and must be.
fn inside(library: &[u8]) -> (Vec<&'static str>, Vec<&'static str>) {
    let there = |name: &&str| library.windows(name.len()).any(|window| window == name.as_bytes());
    let forbidden = NOT_FOR_DEVICES.iter().filter(|name| there(name)).copied().collect();
    let missing = FOR_DEVICES.iter().filter(|name| !there(name)).copied().collect();
    (forbidden, missing)
}

/// Moves what was generated, leaving alone what is as it was: a new date would have everything compiled anew.
fn take_over(draft: &Path, folder: &Path) -> Result<(), Failure> {
    for file in files(draft)? {
        let relative = file.strip_prefix(draft).unwrap_or(&file);
        let bytes = std::fs::read(&file).map_err(|error| unusable(&file, &error))?;
        write_if_changed(&folder.join(relative), &bytes)?;
    }
    std::fs::remove_dir_all(draft).map_err(|error| unusable(draft, &error))
}

pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder).map_err(|error| unusable(folder, &error))?;
    for entry in entries {
        let path = entry.map_err(|error| unusable(folder, &error))?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    Ok(found)
}

pub(crate) fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if std::fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder).map_err(|error| unusable(folder, &error))?;
    std::fs::write(path, bytes).map_err(|error| unusable(path, &error))
}

pub(crate) fn unusable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::System(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{FOR_DEVICES, NOT_FOR_DEVICES, differences, inside};

    #[test]
    fn what_a_device_must_not_carry_is_found_wherever_it_stands() {
        let clean = FOR_DEVICES.join("\0");
        assert_eq!(inside(clean.as_bytes()), (vec![], vec![]));
        for name in NOT_FOR_DEVICES {
            let library = format!("\0{clean}\0xx{name}yy");
            assert_eq!(inside(library.as_bytes()), (vec![*name], vec![]));
        }
        assert_eq!(inside(b"something else").1, FOR_DEVICES);
    }

    #[test]
    fn a_changed_line_is_shown_as_it_was_and_as_it_is() {
        assert_eq!(differences("a\nb\nc\n", "a\nB\nc\n"), "- b\n+ B\n");
    }
}
