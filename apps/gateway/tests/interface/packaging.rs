//! What an operator installs.

use std::path::{Path, PathBuf};
use std::process::Command;

use loyalty_core::backend::probonus::ProBonusConfig;
use loyalty_gateway::GatewayConfig;
use tempfile::TempDir;

/// How exposed systemd may find the service, in tenths, from 0 (not at all) to 100. What remains is the network.
const MOST_EXPOSED: u32 = 15;

/// A file of the packaging.
pub(crate) fn packaging(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/gateway").join(name)
}

/// The unit in a folder of its own, starting a program that is there.
fn unit(folder: &TempDir) -> PathBuf {
    let text = std::fs::read_to_string(packaging("loyalty-gateway.service")).unwrap();
    let installed = "/usr/local/bin/loyalty";
    assert!(text.contains(installed));
    let unit = folder.path().join("loyalty-gateway.service");
    std::fs::write(&unit, text.replace(installed, "/bin/true")).unwrap();
    unit
}

fn analyze(arguments: &[&str], unit: &Path) -> (bool, String) {
    let run = Command::new("systemd-analyze").args(arguments).arg(unit).output();
    let run = run.expect("systemd-analyze is not installed: `cargo xtask setup` does it");
    let told = [run.stdout, run.stderr].concat();
    (run.status.success(), String::from_utf8_lossy(&told).into_owned())
}

#[test]
fn systemd_takes_the_unit_and_finds_it_little_exposed() {
    let folder = TempDir::new().unwrap();
    let unit = unit(&folder);
    let (taken, told) = analyze(&["verify", "--man=no", "--recursive-errors=no"], &unit);
    assert!(taken && told.trim().is_empty(), "{told}");
    let threshold = format!("--threshold={MOST_EXPOSED}");
    let (hardened, told) = analyze(&["security", "--offline=true", "--no-pager", &threshold], &unit);
    assert!(hardened, "{told}");
}

#[test]
fn systemd_would_not_take_a_unit_with_a_word_that_it_does_not_know() {
    let folder = TempDir::new().unwrap();
    let unit = unit(&folder);
    let text = std::fs::read_to_string(&unit).unwrap();
    std::fs::write(&unit, text.replace("PrivateDevices=yes", "PrivateDevises=yes")).unwrap();
    let (_, told) = analyze(&["verify", "--man=no", "--recursive-errors=no"], &unit);
    assert!(told.contains("PrivateDevises"), "{told}");
}

#[test]
fn the_example_configuration_is_one() {
    let text = std::fs::read_to_string(packaging("gateway.toml")).unwrap();
    let config = GatewayConfig::from_toml(&text, |_| None).unwrap();
    assert!(config.production, "an operator begins with production");
    assert_eq!(config.trusted_proxies.len(), 1);
    assert!(ProBonusConfig::from_toml(&text).unwrap().terms().is_ok());
}
