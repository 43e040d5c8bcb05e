//! What is written in Swift: the package over the core and the iPhone app, built and tested on any machine.

mod bench;
mod debian;
mod toolchain;
mod view_gate;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bindings::{self, Bindings, write_if_changed};
use crate::failure::Failure;
use crate::licence_texts;
use crate::process::{cargo, output_of, program, root, run};
use crate::scenarios;
use crate::strings;

pub(crate) use bench::bench;
pub(crate) use toolchain::Toolchain;

/// The package over the core.
const PACKAGE: &str = "bindings/swift";
/// What there is of the iPhone app without Apple's frameworks.
const APP: &str = "apps/swift";

/// A Swift toolchain, unpacked if the machine has none.
pub(crate) fn set_up() -> Result<Toolchain, Failure> {
    Toolchain::find()
}

/// `cargo xtask test swift`.
pub(crate) fn test() -> Result<(), Failure> {
    let toolchain = set_up()?;
    forget_builds_of_elsewhere()?;
    let mut stage =
        cargo(["build", "--quiet", "--locked", "--package", "loyalty-tests", "--bin", "loyalty-stage"])?;
    run("building the gateway and its surroundings", &mut stage)?;
    let generated = bindings::generate(&["rehearsal"])?;
    place(&generated)?;
    place_words()?;
    scenarios::play_in_rust()?;
    run("testing the Swift package", &mut swift(&toolchain, "test", PACKAGE, &generated)?)?;
    scenarios::compare("swift")?;
    run("testing the iPhone app", &mut swift(&toolchain, "test", APP, &generated)?)?;
    let built = scratch(APP)?.join("debug");
    view_gate::check(&toolchain, &built.join("Modules"), &built.join("LoyaltyFFI.build/module.modulemap"))
}

/// Puts the words and what only Apple's systems read where the app's package and project look for them.
fn place_words() -> Result<(), Failure> {
    strings::write()?;
    let home = root()?.join(APP).join("Generated");
    let words = strings::folder()?;
    copy_folder(&words.join("swift/Sources/Words"), &home.join("Words"))?;
    copy_folder(&words.join("apple"), &home.join("Apple"))?;
    licence_texts::write(&home.join("Licences"), "aarch64-apple-ios", BTreeSet::new())
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), Failure> {
    for file in bindings::files(from)? {
        copy(&file, &to.join(file.strip_prefix(from).unwrap_or(&file)))?;
    }
    Ok(())
}

/// Puts generated sources where the package looks for them when it is tested.
fn place(generated: &Bindings) -> Result<(), Failure> {
    let home = root()?.join(PACKAGE).join("Generated/rehearsal");
    copy(&generated.swift.join("LoyaltyCore.swift"), &home.join("LoyaltyCore/LoyaltyCore.swift"))?;
    copy(&generated.swift.join("LoyaltyFFI.h"), &home.join("LoyaltyFFI/include/LoyaltyFFI.h"))?;
    write_if_changed(&home.join("LoyaltyFFI/library.c"), b"// A module of C wants a source file.\n")
}

/// Puts generated sources where the package and the project look for them when an app is built, and says where the
/// library has to be.
pub(crate) fn prepare_for_xcode(generated: &Bindings) -> Result<PathBuf, Failure> {
    let home = root()?.join(PACKAGE).join("Generated/device");
    copy(&generated.swift.join("LoyaltyCore.swift"), &home.join("LoyaltyCore/LoyaltyCore.swift"))?;
    place_words()?;
    Ok(home.join("LoyaltyFFI.xcframework"))
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let bytes = std::fs::read(from).map_err(|error| bindings::unusable(from, &error))?;
    write_if_changed(to, &bytes)
}

/// Removes what was built under another path: the compiler's caches know where they lie, so in a checkout that was copied
/// or moved with its build folder nothing would compile.
fn forget_builds_of_elsewhere() -> Result<(), Failure> {
    let folder = root()?.join("target/swift");
    let (mark, here) = (folder.join("built-in"), folder.display().to_string());
    if folder.exists() && std::fs::read_to_string(&mark).ok().as_deref() != Some(&here) {
        std::fs::remove_dir_all(&folder).map_err(|error| bindings::unusable(&folder, &error))?;
    }
    write_if_changed(&mark, here.as_bytes())
}

/// Where a package's build goes.
fn scratch(package: &str) -> Result<PathBuf, Failure> {
    Ok(root()?.join("target/swift").join(package))
}

/// `swift build` or `swift test` over a package, with the library that cargo has built.
fn swift(
    toolchain: &Toolchain,
    action: &str,
    package: &str,
    generated: &Bindings,
) -> Result<Command, Failure> {
    let libraries = generated.libraries.join(bindings::jna_platform()?);
    let mut words: Vec<String> = vec!["swift".to_owned(), action.to_owned()];
    let mut option = |name: &str, value: &Path| words.extend([name.to_owned(), value.display().to_string()]);
    option("--package-path", Path::new(package));
    option("--scratch-path", &scratch(package)?);
    for word in [format!("-L{}", libraries.display()), "-rpath".to_owned(), libraries.display().to_string()] {
        option("-Xlinker", Path::new(&word));
    }
    // A backtrace of a process that died takes minutes, and its last words say which test it was.
    let stage = root()?.join("target/debug/loyalty-stage").display().to_string();
    let environment =
        [("LOYALTY_REHEARSAL", "1"), ("LOYALTY_STAGE", &stage), ("SWIFT_BACKTRACE", "enable=no")];
    toolchain.command(words, &environment.map(|(name, value)| (name, value.to_owned())))
}

pub(crate) fn is_root() -> Result<bool, Failure> {
    Ok(output_of(program("id")?.arg("-u")).is_some_and(|id| id.trim() == "0"))
}
