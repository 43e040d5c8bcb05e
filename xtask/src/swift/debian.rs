//! Swift from Debian's packages, in a folder: neither the machine nor its package database is touched.
//!
//! The packages are those of a newer Debian than many machines run, so they are unpacked together with the C library
//! they were built for, and run in a root of their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::toolchain;
use crate::failure::Failure;
use crate::process::{output_of, program, run};
use crate::setup;

const RELEASE: &str = "trixie";
/// Everything else comes as a dependency. `base-files` is the frame that the others are unpacked into.
const PACKAGES: [&str; 9] = [
    "base-files",
    "ca-certificates",
    "coreutils",
    "dash",
    "git",
    "libc6-dev",
    "libstdc++-14-dev",
    "swiftlang",
    "tzdata",
];
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
const STAMP: &str = ".unpacked";
/// To be raised when what is done with the packages changes.
const METHOD: u32 = 2;

/// The folder with the unpacked system, made if it is not there.
pub(super) fn unpacked() -> Result<PathBuf, Failure> {
    let home = setup::tools_folder()?;
    let system = home.join(format!("swift-{RELEASE}"));
    let stamp = format!("{METHOD} {RELEASE} {}", PACKAGES.join(" "));
    if fs::read_to_string(system.join(STAMP)).is_ok_and(|found| found == stamp) {
        return Ok(system);
    }
    only_on_debian()?;
    println!("unpacking Swift from Debian's packages into {} (once for this user; 3 GB)", system.display());

    // Made aside and renamed, so that a folder under its final name is always whole.
    let scratch = home.join(format!("swift-{RELEASE}.{}", std::process::id()));
    let made = make(&scratch, &stamp).and_then(|fresh| replace(&fresh, &system, &scratch));
    let cleared = remove(&scratch);
    made.and(cleared).map(|()| system)
}

fn make(scratch: &Path, stamp: &str) -> Result<PathBuf, Failure> {
    let fresh = scratch.join("system");
    let archives = download(&scratch.join("apt"))?;
    folder(&fresh)?;
    let (frame, rest): (Vec<_>, Vec<_>) = archives.into_iter().partition(|archive| {
        archive.file_name().is_some_and(|name| name.to_string_lossy().starts_with("base-files_"))
    });
    for archive in frame.iter().chain(&rest) {
        unpack(archive, &fresh)?;
    }
    // What the packages' own scripts would have done, which are not run: they expect a whole system.
    link("../libexec/swift/bin/swift", &fresh.join("usr/bin/swift"))?;
    link("../libexec/swift/bin/swiftc", &fresh.join("usr/bin/swiftc"))?;
    for empty in ["proc", "dev", "tmp", "root"] {
        folder(&fresh.join(empty))?;
    }
    write(&fresh.join("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n")?;
    trust(&fresh)?;
    toolchain::try_out(&fresh)?;
    write(&fresh.join(STAMP), stamp)?;
    Ok(fresh)
}

/// Puts the certificates of `ca-certificates` where programs look for them.
fn trust(system: &Path) -> Result<(), Failure> {
    let mut bundle = String::new();
    for certificate in files_in(&system.join("usr/share/ca-certificates/mozilla"), "crt")? {
        let text = fs::read_to_string(&certificate)
            .map_err(|error| Failure::System(format!("{} cannot be read: {error}", certificate.display())))?;
        bundle.push_str(&text);
    }
    let folder_of_all = system.join("etc/ssl/certs");
    folder(&folder_of_all)?;
    write(&folder_of_all.join("ca-certificates.crt"), &bundle)
}

/// Fetches the packages and what they need, and says where they are.
fn download(home: &Path) -> Result<Vec<PathBuf>, Failure> {
    let archives = home.join("archives");
    folder(&archives.join("partial"))?;
    folder(&home.join("lists/partial"))?;
    write(&home.join("status"), "")?;
    let mut refused = Vec::new();
    for mirror in mirrors()? {
        write(&home.join("sources.list"), &format!("deb [signed-by={KEYRING}] {mirror} {RELEASE} main\n"))?;
        let updated =
            apt(home)?.args(["update", "--error-on=any"]).status().is_ok_and(|status| status.success());
        if updated {
            let mut install = apt(home)?;
            install.args(["install", "--yes", "--download-only"]).args(PACKAGES);
            run("downloading Swift", &mut install)?;
            return files_in(&archives, "deb");
        }
        refused.push(mirror);
    }
    Err(Failure::Missing {
        what: format!("Debian {RELEASE} on this machine's mirrors ({})", refused.join(", ")),
        remedy: "add a Debian mirror to the sources of apt, or install Swift 6.0 or newer on the PATH"
            .to_owned(),
    })
}

/// apt with a world of its own, which nothing of the machine's package database enters or leaves.
fn apt(home: &Path) -> Result<Command, Failure> {
    let mut command = program("apt-get")?;
    command.arg("--quiet=2");
    let here = |name: &str| home.join(name).display().to_string();
    for (key, value) in [
        ("Dir::State", here("")),
        ("Dir::State::lists", here("lists")),
        ("Dir::State::status", here("status")),
        ("Dir::Cache", here("")),
        ("Dir::Cache::archives", here("archives")),
        ("Dir::Etc::sourcelist", here("sources.list")),
        ("Dir::Etc::sourceparts", "/dev/null".to_owned()),
        ("Dir::Etc::preferencesparts", "/dev/null".to_owned()),
        ("APT::Install-Recommends", "false".to_owned()),
        // The folder is ours, and apt's own user may not write there.
        ("APT::Sandbox::User", "root".to_owned()),
        ("Acquire::Languages", "none".to_owned()),
        ("Debug::NoLocking", "true".to_owned()),
    ] {
        command.arg("-o").arg(format!("{key}={value}"));
    }
    Ok(command)
}

/// The mirrors that the machine itself takes Debian from.
fn mirrors() -> Result<Vec<String>, Failure> {
    let listing = output_of(program("apt-get")?.args(["update", "--print-uris"]));
    let found = listing.as_deref().map(mirrors_in).unwrap_or_default();
    if found.is_empty() {
        return Err(Failure::Missing {
            what: "a Debian mirror in the sources of apt".to_owned(),
            remedy: "add one, or install Swift 6.0 or newer on the PATH".to_owned(),
        });
    }
    Ok(found)
}

/// Those addresses in apt's listing under which a whole release stands: neither its security nor its updates, which
/// are named after it with a suffix. Which of them are Debian's is shown by the signature.
fn mirrors_in(listing: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in listing.lines() {
        let address = line.strip_prefix('\'').and_then(|rest| rest.split_once('\''));
        let split = address.and_then(|(address, _)| address.split_once("/dists/"));
        if let Some((mirror, file)) = split
            && let Some(release) = file.strip_suffix("/InRelease")
            && release.chars().all(|letter| letter.is_ascii_lowercase())
            && !found.iter().any(|known| known == mirror)
        {
            found.push(mirror.to_owned());
        }
    }
    found
}

fn files_in(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |error| Failure::System(format!("{} cannot be read: {error}", folder.display()));
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Unpacks a package without becoming anybody else, and through the links that stand for merged folders.
fn unpack(archive: &Path, into: &Path) -> Result<(), Failure> {
    let broken = |error| Failure::System(format!("{} cannot be unpacked: {error}", archive.display()));
    let mut reader = program("dpkg-deb")?;
    let mut reading =
        reader.arg("--fsys-tarfile").arg(archive).stdout(Stdio::piped()).spawn().map_err(broken)?;
    let mut writer = program("tar")?;
    writer.args(["--extract", "--keep-directory-symlink", "--no-same-owner", "--directory"]).arg(into);
    if let Some(files) = reading.stdout.take() {
        writer.stdin(files);
    }
    let written = writer.status().map_err(broken)?;
    let read = reading.wait().map_err(broken)?;
    if written.success() && read.success() {
        Ok(())
    } else {
        Err(Failure::System(format!("{} is damaged; try once more", archive.display())))
    }
}

fn only_on_debian() -> Result<(), Failure> {
    let debian = fs::read_to_string("/etc/os-release").is_ok_and(|text| is_debian(&text));
    if debian {
        return Ok(());
    }
    Err(Failure::Missing {
        what: "Swift 6.0 or newer".to_owned(),
        remedy: "install it so that `swift` is on the PATH; only on Debian can it be fetched from here"
            .to_owned(),
    })
}

fn is_debian(os_release: &str) -> bool {
    os_release.lines().any(|line| matches!(line, "ID=debian" | "ID=\"debian\""))
}

/// Puts `fresh` under its final name; what stands there is moved away first, because a rename does not replace a
/// folder that holds something.
fn replace(fresh: &Path, system: &Path, scratch: &Path) -> Result<(), Failure> {
    if system.exists() {
        rename(system, &scratch.join("old"))?;
    }
    rename(fresh, system)
}

fn rename(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::rename(from, to)
        .map_err(|error| Failure::System(format!("{} cannot be moved: {error}", from.display())))
}

fn remove(path: &Path) -> Result<(), Failure> {
    fs::remove_dir_all(path)
        .map_err(|error| Failure::System(format!("{} cannot be removed: {error}", path.display())))
}

fn folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path)
        .map_err(|error| Failure::System(format!("{} cannot be made: {error}", path.display())))
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text)
        .map_err(|error| Failure::System(format!("{} cannot be written: {error}", path.display())))
}

/// A link that a package may have brought already.
fn link(target: &str, at: &Path) -> Result<(), Failure> {
    if at.symlink_metadata().is_ok() {
        return Ok(());
    }
    std::os::unix::fs::symlink(target, at)
        .map_err(|error| Failure::System(format!("{} cannot be linked: {error}", at.display())))
}

#[cfg(test)]
mod tests {
    use super::{is_debian, mirrors_in};

    #[test]
    fn the_mirror_is_the_one_that_the_machine_takes_whole_releases_from() {
        let listing = "\
'http://mirror.example/debian/dists/bookworm/InRelease' mirror_InRelease 0 
'http://mirror.example/debian/dists/bookworm-updates/InRelease' mirror_InRelease 0 
'http://security.example/debian-security/dists/bookworm-security/InRelease' security_InRelease 0 
'http://mirror.example/debian/dists/bookworm/main/binary-amd64/Packages.xz' Packages 0 
'https://other.example/apt/dists/tools-bookworm/InRelease' other_InRelease 0 
";
        assert_eq!(mirrors_in(listing), ["http://mirror.example/debian"]);
        assert!(mirrors_in("Reading package lists...\n").is_empty());
    }

    #[test]
    fn a_relative_of_debian_is_not_debian() {
        assert!(is_debian("NAME=x\nID=debian\n"));
        assert!(!is_debian("ID=ubuntu\nID_LIKE=debian\n"));
    }
}
