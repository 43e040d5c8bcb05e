//! What is written in Swift: the package over the core and the iPhone app, built and tested on any machine.

mod debian;
mod toolchain;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bindings::{self, Bindings, write_if_changed};
use crate::failure::Failure;
use crate::process::{output_of, program, root, run};

pub(crate) use toolchain::Toolchain;

/// The package over the core.
const PACKAGE: &str = "bindings/swift";

/// A Swift toolchain, unpacked if the machine has none.
pub(crate) fn set_up() -> Result<Toolchain, Failure> {
    Toolchain::find()
}

/// `cargo xtask test swift`.
pub(crate) fn test() -> Result<(), Failure> {
    let toolchain = set_up()?;
    let generated = bindings::generate(&["rehearsal"])?;
    place(&generated, "rehearsal")?;
    run("testing in Swift", &mut swift(&toolchain, "test", PACKAGE, &generated)?)
}

/// Puts generated sources where the package looks for them.
fn place(generated: &Bindings, purpose: &str) -> Result<(), Failure> {
    let home = root()?.join(PACKAGE).join("Generated").join(purpose);
    let copy = |from: &str, to: PathBuf| {
        let source = generated.swift.join(from);
        let bytes = std::fs::read(&source).map_err(|error| bindings::unusable(&source, &error))?;
        write_if_changed(&to, &bytes)
    };
    copy("LoyaltyCore.swift", home.join("LoyaltyCore/LoyaltyCore.swift"))?;
    copy("LoyaltyFFI.h", home.join("LoyaltyFFI/include/LoyaltyFFI.h"))?;
    write_if_changed(&home.join("LoyaltyFFI/library.c"), b"// A module of C wants a source file.\n")
}

/// `swift build` or `swift test` over a package, with the library that cargo has built.
fn swift(
    toolchain: &Toolchain,
    action: &str,
    package: &str,
    generated: &Bindings,
) -> Result<Command, Failure> {
    let libraries = generated.libraries.join(bindings::jna_platform()?);
    let scratch = root()?.join("target/swift").join(package);
    let mut words: Vec<String> = vec!["swift".to_owned(), action.to_owned()];
    let mut option = |name: &str, value: &Path| words.extend([name.to_owned(), value.display().to_string()]);
    option("--package-path", Path::new(package));
    option("--scratch-path", &scratch);
    for word in [format!("-L{}", libraries.display()), "-rpath".to_owned(), libraries.display().to_string()] {
        option("-Xlinker", Path::new(&word));
    }
    toolchain.command(words, &[("LOYALTY_REHEARSAL", "1".to_owned())])
}

pub(crate) fn is_root() -> Result<bool, Failure> {
    Ok(output_of(program("id")?.arg("-u")).is_some_and(|id| id.trim() == "0"))
}
