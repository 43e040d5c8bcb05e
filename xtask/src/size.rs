//! How large the library is that a phone carries, and what an Android phone carries in Kotlin and Java beside it.

use std::path::PathBuf;

use crate::android;
use crate::bindings::{library_name, unusable, write_if_changed};
use crate::failure::Failure;
use crate::process::{cargo, root, run};

/// What our own code may add to the crates that it is built from, in percent of them.
const CEILING: u64 = 125;
const LEDGER: &str = "docs/size.json";
/// By how much the Android app's classes may differ from what the ledger says before somebody has to write it anew, in
/// percent.
const TOLERANCE: u64 = 2;

/// `cargo xtask size`: builds both libraries and the Android app, writes the ledger, and fails above a ceiling.
pub(crate) fn run_all() -> Result<(), Failure> {
    let bare = size_of("loyalty-bare-device", &library_name().replace("loyalty_ffi", "loyalty_bare_device"))?;
    let device = size_of("loyalty-ffi", &library_name())?;
    let percent = percent(device, bare);
    let dex = android::dex_size()?;
    let platform = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    println!("the same crates and one call  {bare:>10} bytes");
    println!("the library for devices       {device:>10} bytes, {percent} % of that");
    println!("the Android app's classes     {dex:>10} bytes");
    write_if_changed(&root()?.join(LEDGER), ledger(&platform, device, bare, percent, dex).as_bytes())?;
    if percent > CEILING {
        println!("more than {CEILING} %: find out what has grown");
    }
    if dex > android::DEX_CEILING {
        println!("more classes than {} bytes: find out what has grown", android::DEX_CEILING);
    }
    if percent > CEILING || dex > android::DEX_CEILING { Err(Failure::Checks) } else { Ok(()) }
}

/// Holds the ledger against the Android app's classes, which its tests measure anyway. The two libraries in Rust stay out
/// of the tests: each would be a build of everything in the profile for devices, several minutes for a number that only
/// this program's `size` needs.
pub(crate) fn agrees_about_the_app(dex: u64) -> Result<(), Failure> {
    let path = root()?.join(LEDGER);
    let ledger = std::fs::read_to_string(&path).map_err(|error| unusable(&path, &error))?;
    if is_current(&ledger, dex) {
        return Ok(());
    }
    println!(
        "{LEDGER} differs by more than {TOLERANCE} % from {dex} bytes: `cargo xtask size` writes it anew"
    );
    Err(Failure::Checks)
}

/// Whether a ledger says of the app's classes about what they weigh.
fn is_current(ledger: &str, dex: u64) -> bool {
    let number =
        |text: &str| text.split([',', '\n', '}']).next().and_then(|number| number.trim().parse::<u64>().ok());
    let written = ledger.split_once("\"androidDexBytes\":").and_then(|(_, rest)| number(rest));
    written.is_some_and(|written| written.abs_diff(dex).saturating_mul(100) <= dex.saturating_mul(TOLERANCE))
}

/// The stripped size of a package's shared library in the profile for devices. One package at a time, or one would be
/// built with the other's features.
fn size_of(package: &str, file: &str) -> Result<u64, Failure> {
    run(
        &format!("building {package}"),
        cargo(["build", "--locked", "--profile", "device", "--package"])?.arg(package),
    )?;
    let path: PathBuf = root()?.join("target/device").join(file);
    Ok(path.metadata().map_err(|error| unusable(&path, &error))?.len())
}

/// Rounded up, so that nothing hides below a percent.
fn percent(device: u64, bare: u64) -> u64 {
    device.saturating_mul(100).div_ceil(bare.max(1))
}

fn ledger(platform: &str, device: u64, bare: u64, percent: u64, dex: u64) -> String {
    format!(
        "{{\n  \"platform\": \"{platform}\",\n  \"deviceBytes\": {device},\n  \"bareBytes\": {bare},\n  \"percentOfBare\": \
         {percent},\n  \"ceilingPercent\": {CEILING},\n  \"androidDexBytes\": {dex},\n  \"androidDexCeiling\": {}\n}}\n",
        android::DEX_CEILING
    )
}

#[cfg(test)]
mod tests {
    use super::{is_current, ledger, percent};

    #[test]
    fn a_ledger_is_current_within_its_tolerance_and_never_when_it_says_nothing() {
        let written = |dex| ledger("x86_64-linux", 5, 4, 125, dex);
        assert!(is_current(&written(1_000), 1_000));
        assert!(is_current(&written(980), 1_000) && is_current(&written(1_020), 1_000));
        assert!(!is_current(&written(979), 1_000) && !is_current(&written(1_021), 1_000));
        assert!(!is_current("{}", 0) && !is_current("{\"androidDexBytes\": many}", 1));
    }

    #[test]
    fn a_byte_too_much_is_a_percent() {
        assert_eq!(percent(125, 100), 125);
        assert_eq!(percent(1_250_001, 1_000_000), 126);
        assert_eq!(percent(0, 0), 0);
    }

    #[test]
    fn the_ledger_is_json() {
        let text = ledger("x86_64-linux", 5, 4, 125, 7);
        assert!(text.starts_with("{\n  \"platform\": \"x86_64-linux\",\n  \"deviceBytes\": 5,"), "{text}");
        assert!(text.contains("\"ceilingPercent\": 125,\n  \"androidDexBytes\": 7,\n"), "{text}");
        assert!(text.ends_with("0000\n}\n"), "{text}");
    }
}
