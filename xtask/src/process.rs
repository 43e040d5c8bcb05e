//! Starting other programs from the project's root.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Failure;

/// The project's root folder, which cargo tells when it runs this program.
pub(crate) fn root() -> Result<PathBuf, Failure> {
    std::env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .and_then(|xtask| xtask.parent().map(Path::to_path_buf))
        .ok_or_else(|| Failure::System("start this through cargo: `cargo xtask …`".to_owned()))
}

/// The user's own folder.
pub(crate) fn home() -> PathBuf {
    PathBuf::from(std::env::var_os("HOME").unwrap_or_default())
}

/// A program to be run in the project's root.
pub(crate) fn program(name: impl AsRef<OsStr>) -> Result<Command, Failure> {
    let mut command = Command::new(name);
    command.current_dir(root()?);
    // Cargo describes this very package to us in these. A build script that watches one of them (ring's does) would
    // see it change between `cargo xtask` and a plain `cargo`, and everything above it would be built anew each time.
    for (name, _) in std::env::vars_os() {
        let described = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"];
        if name.to_str().is_some_and(|name| described.iter().any(|prefix| name.starts_with(prefix))) {
            command.env_remove(name);
        }
    }
    if let Some(folders) = std::env::var_os(LIBRARY_PATH) {
        command.env(LIBRARY_PATH, without(&root()?.join("target"), &folders));
    }
    Ok(command)
}

/// Where the system's loader looks for libraries first. Cargo puts the build's own folders into it, so whatever was built
/// there last, by anybody and with any features, would come before the library that a test has brought along.
const LIBRARY_PATH: &str =
    if cfg!(target_os = "macos") { "DYLD_FALLBACK_LIBRARY_PATH" } else { "LD_LIBRARY_PATH" };

/// The folders of a search path that are not inside `place`.
fn without(place: &Path, folders: &OsStr) -> OsString {
    let kept = std::env::split_paths(folders).filter(|folder| !folder.starts_with(place));
    // What was split can be joined.
    std::env::join_paths(kept).unwrap_or_default()
}

/// Cargo, as it was started, with these arguments.
pub(crate) fn cargo<const N: usize>(arguments: [&str; N]) -> Result<Command, Failure> {
    let mut command = program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))?;
    command.args(arguments);
    Ok(command)
}

/// Runs `command` to its end with our own input and output.
pub(crate) fn run(doing: &str, command: &mut Command) -> Result<(), Failure> {
    let status =
        command.status().map_err(|error| Failure::System(format!("{doing} could not start: {error}")))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::Program { doing: doing.to_owned(), code: status.code() })
    }
}

/// What `command` prints on its standard output, or `None` if it is not there or fails.
pub(crate) fn output_of(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::without;

    #[test]
    fn the_folders_of_a_build_leave_a_search_path_and_all_others_stay() {
        let left = |folders: &str| without(Path::new("/here/target"), folders.as_ref());
        assert_eq!(
            left("/here/target/debug/deps:/opt/lib:/here/target/debug:/here/targets"),
            "/opt/lib:/here/targets"
        );
        assert_eq!(left("/here/target/debug"), "");
    }
}
