//! A Swift toolchain: the machine's own, or Debian's packages unpacked into the user's cache.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::debian;
use crate::failure::Failure;
use crate::process::{output_of, program, root};

/// The oldest language whose strict concurrency the package is written for.
const OLDEST: (u32, u32) = (6, 0);

/// Mounts what a build needs into the unpacked system and runs a command there.
///
/// The checkout is seen under the path it has outside, so that paths in messages and in caches hold in both worlds.
/// All mounts live in a namespace of their own and end with the command.
const INSIDE: &str = r#"
system=$1 checkout=$2
shift 2
mount -t tmpfs tmpfs "$system/tmp"
mount -t tmpfs tmpfs "$system/root"
mount -t proc proc "$system/proc"
mount --rbind /dev "$system/dev"
mkdir -p "$system$checkout"
mount --rbind "$checkout" "$system$checkout"
set -- HOME=/root LANG=C.UTF-8 PATH=/usr/bin:/bin "$@"
exec chroot "$system" /usr/bin/env --ignore-environment --chdir="$checkout" "$@"
"#;

/// Where Swift is.
#[derive(Debug)]
pub(crate) enum Toolchain {
    /// On the path.
    Installed,
    /// In a folder of its own, with the system that it was built for.
    Unpacked(PathBuf),
}

impl Toolchain {
    /// Finds one, or unpacks one where that is possible.
    ///
    /// # Errors
    ///
    /// [`Failure::Missing`] on a machine that has none and is not a Debian.
    pub(crate) fn find() -> Result<Self, Failure> {
        let installed = output_of(program("swift")?.arg("--version"));
        if installed.as_deref().and_then(version).is_some_and(|version| version >= OLDEST) {
            return Ok(Self::Installed);
        }
        debian::unpacked().map(Self::Unpacked)
    }

    /// A command that runs in the project's root with `environment` set.
    pub(crate) fn command(
        &self,
        words: impl IntoIterator<Item = impl AsRef<OsStr>>,
        environment: &[(&str, String)],
    ) -> Result<Command, Failure> {
        let pairs = environment.iter().map(|(name, value)| format!("{name}={value}"));
        let mut command = match self {
            Self::Installed => {
                let mut command = program("env")?;
                command.args(pairs);
                command
            }
            Self::Unpacked(system) => {
                let checkout = root()?;
                let mut command = namespace()?;
                command.args(["sh", "-euc", INSIDE, "sh"]).arg(system).arg(&checkout);
                command.args(pairs);
                command
            }
        };
        command.args(words);
        Ok(command)
    }
}

/// `unshare`, as root for real or in a user namespace of its own.
fn namespace() -> Result<Command, Failure> {
    let mut command = program("unshare")?;
    if !super::is_root()? {
        command.args(["--user", "--map-root-user"]);
    }
    command.args(["--mount", "--pid", "--fork", "--kill-child"]);
    Ok(command)
}

/// Proves that a freshly unpacked system runs on this machine.
pub(super) fn try_out(system: &Path) -> Result<(), Failure> {
    let unpacked = Toolchain::Unpacked(system.to_path_buf());
    let output = unpacked
        .command(["swift", "--version"], &[])?
        .output()
        .map_err(|error| Failure::System(format!("`unshare` could not start: {error}")))?;
    let said = String::from_utf8_lossy(&output.stdout);
    if output.status.success() && version(&said).is_some_and(|version| version >= OLDEST) {
        return Ok(());
    }
    eprint!("{said}{}", String::from_utf8_lossy(&output.stderr));
    Err(Failure::Missing {
        what: "a Swift that runs here".to_owned(),
        remedy:
            "install Swift 6.0 or newer on the PATH, or allow mount namespaces to this user (`unshare --user \
                 --map-root-user --mount true` shows whether they are)"
                .to_owned(),
    })
}

/// Reads `Swift version 6.0.3 (…)`, whoever's build it is.
fn version(said: &str) -> Option<(u32, u32)> {
    let (_, rest) = said.split_once("Swift version ")?;
    let number = rest.split([' ', '-', '\n']).next()?;
    let mut parts = number.split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn the_version_is_read_from_every_vendors_words() {
        let apple = "swift-driver version: 1.127.5 Apple Swift version 6.2 (swiftlang-6.2.0.19.9 clang-1700)\nTarget: x";
        assert_eq!(version(apple), Some((6, 2)));
        assert_eq!(version("Swift version 6.0.3 (swift-6.0.3-RELEASE)\nTarget: x86_64"), Some((6, 0)));
        assert_eq!(version("Swift version 5.10-dev"), Some((5, 10)));
        assert_eq!(version("swift: not found"), None);
    }
}
