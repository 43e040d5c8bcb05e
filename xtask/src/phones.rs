//! The libraries of phones, where the toolchains for them are: `cargo xtask android` and `cargo xtask ios`.
//!
//! Neither has been run: no machine of ours has an NDK or a Mac. What can be tried without them is tried.

use std::path::{Path, PathBuf};

use crate::bindings::{generate, unusable};
use crate::failure::Failure;
use crate::process::{cargo, program, root, run};
use crate::swift;

/// The oldest Android that the library loads on.
const ANDROID_API: u32 = 26;
/// Rust's name of a target, the NDK's name of its clang, and Android's name of the folder.
const ANDROID: &[(&str, &str, &str)] = &[
    ("aarch64-linux-android", "aarch64-linux-android", "arm64-v8a"),
    ("armv7-linux-androideabi", "armv7a-linux-androideabi", "armeabi-v7a"),
    ("x86_64-linux-android", "x86_64-linux-android", "x86_64"),
];
/// Devices, and the simulator on either kind of Mac.
const IOS: &[&str] = &["aarch64-apple-ios", "aarch64-apple-ios-sim", "x86_64-apple-ios"];
/// Android phones may have pages of 16 KB, and load nothing that is aligned to less.
const PAGE: u64 = 16 * 1024;

/// `cargo xtask android`: the libraries of an AAR, in `target/bindings/android/jni`.
pub(crate) fn android() -> Result<(), Failure> {
    let ndk = std::env::var_os("ANDROID_NDK_HOME").map(PathBuf::from).ok_or_else(|| Failure::Missing {
        what: "the Android NDK".to_owned(),
        remedy: "install it (r28 or newer) and set ANDROID_NDK_HOME".to_owned(),
    })?;
    let compilers = ndk.join("toolchains/llvm/prebuilt").join(host()?).join("bin");
    let jni = root()?.join("target/bindings/android/jni");
    for (target, clang, folder) in ANDROID {
        let compiler = compilers.join(format!("{clang}{ANDROID_API}-clang"));
        let variable = target.to_uppercase().replace('-', "_");
        let mut build = cargo(["build", "--locked", "--profile", "device", "--package", "loyalty-ffi"])?;
        build.args(["--target", target]);
        build.env(format!("CARGO_TARGET_{variable}_LINKER"), &compiler);
        build.env(format!("CC_{}", target.replace('-', "_")), &compiler);
        build.env(format!("AR_{}", target.replace('-', "_")), compilers.join("llvm-ar"));
        build.env(
            format!("CARGO_TARGET_{variable}_RUSTFLAGS"),
            format!("-Clink-arg=-Wl,-z,max-page-size={PAGE}"),
        );
        run(&format!("building for {target} (rustup target add {target})"), &mut build)?;
        let library = root()?.join(format!("target/{target}/device/libloyalty_ffi.so"));
        let bytes = std::fs::read(&library).map_err(|error| unusable(&library, &error))?;
        if !loads_on_large_pages(&bytes) {
            return Err(Failure::System(format!(
                "{} is not aligned to pages of {PAGE} bytes",
                library.display()
            )));
        }
        let place = jni.join(folder);
        std::fs::create_dir_all(&place).map_err(|error| unusable(&place, &error))?;
        let copy = place.join("libloyalty_ffi.so");
        std::fs::copy(&library, &copy).map_err(|error| unusable(&copy, &error))?;
    }
    println!("{}", jni.display());
    Ok(())
}

/// `cargo xtask ios`: the XCFramework in the Swift package, and all else that the Xcode project reads and nobody
/// commits. Nobody has run it yet.
pub(crate) fn ios() -> Result<(), Failure> {
    if std::env::consts::OS != "macos" {
        return Err(Failure::Missing { what: "Xcode".to_owned(), remedy: "run this on a Mac".to_owned() });
    }
    let bindings = generate(&[])?;
    let target = root()?.join("target");
    for target in IOS {
        let mut build = cargo(["build", "--locked", "--profile", "device", "--package", "loyalty-ffi"])?;
        run(
            &format!("building for {target} (rustup target add {target})"),
            build.args(["--target", target]),
        )?;
    }
    let library = |name: &str| target.join(name).join("device/libloyalty_ffi.a");
    let simulator = target.join("bindings/ios/simulator/libloyalty_ffi.a");
    let folder = simulator.parent().unwrap_or(&target);
    std::fs::create_dir_all(folder).map_err(|error| unusable(folder, &error))?;
    let mut lipo = program("lipo")?;
    lipo.arg("-create").args([library("aarch64-apple-ios-sim"), library("x86_64-apple-ios")]);
    run("joining the simulator's libraries", lipo.arg("-output").arg(&simulator))?;
    let headers = headers(&bindings.swift, &target.join("bindings/ios/include"))?;
    let framework = swift::prepare_for_xcode(&bindings)?;
    if framework.exists() {
        std::fs::remove_dir_all(&framework).map_err(|error| unusable(&framework, &error))?;
    }
    let mut xcodebuild = program("xcodebuild")?;
    xcodebuild.arg("-create-xcframework");
    for library in [library("aarch64-apple-ios"), simulator] {
        xcodebuild.arg("-library").arg(library).arg("-headers").arg(&headers);
    }
    run("making the XCFramework", xcodebuild.arg("-output").arg(&framework))
}

/// The generated C headers with a module map.
fn headers(swift: &Path, folder: &Path) -> Result<PathBuf, Failure> {
    std::fs::create_dir_all(folder).map_err(|error| unusable(folder, &error))?;
    let mut map = String::new();
    for entry in std::fs::read_dir(swift).map_err(|error| unusable(swift, &error))? {
        let path = entry.map_err(|error| unusable(swift, &error))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if let Some(module) = name.strip_suffix(".h") {
            std::fs::copy(&path, folder.join(&name)).map_err(|error| unusable(&path, &error))?;
            map.push_str(&format!("module {module} {{\n    header \"{name}\"\n    export *\n}}\n"));
        }
    }
    let file = folder.join("module.modulemap");
    std::fs::write(&file, map).map_err(|error| unusable(&file, &error))?;
    Ok(folder.to_owned())
}

/// The NDK's name of this machine.
fn host() -> Result<&'static str, Failure> {
    match std::env::consts::OS {
        "linux" => Ok("linux-x86_64"),
        "macos" => Ok("darwin-x86_64"),
        other => Err(Failure::System(format!("nobody has tried the NDK on {other}"))),
    }
}

/// Whether every loadable segment of an ELF file is aligned to pages of 16 KB. Of 32 bits, nothing is asked: phones with
/// large pages do not run it.
pub(crate) fn loads_on_large_pages(elf: &[u8]) -> bool {
    let bytes = |at: usize, count: usize| elf.get(at..at.checked_add(count)?);
    let number = |at: usize, count: usize| {
        let value = bytes(at, count)?.iter().rev().fold(0_u64, |value, byte| (value << 8) | u64::from(*byte));
        Some(value)
    };
    let segments = || {
        let (table, size, count) = (number(32, 8)?, number(54, 2)?, number(56, 2)?);
        let mut loadable = 0;
        for place in 0..count {
            let segment = usize::try_from(table.checked_add(place.checked_mul(size)?)?).ok()?;
            if number(segment, 4)? == 1 {
                loadable += 1;
                if number(segment.checked_add(48)?, 8)? < PAGE {
                    return Some(false);
                }
            }
        }
        Some(loadable > 0)
    };
    match bytes(0, 5) {
        Some([0x7f, b'E', b'L', b'F', 1]) => true,
        Some([0x7f, b'E', b'L', b'F', 2]) => segments().unwrap_or(false),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::loads_on_large_pages;

    /// A 64-bit ELF file of nothing but segments, each with its type and alignment.
    fn elf(segments: &[(u32, u64)]) -> Vec<u8> {
        let mut file = vec![0_u8; 64];
        file[..5].copy_from_slice(&[0x7f, b'E', b'L', b'F', 2]);
        file[32..40].copy_from_slice(&64_u64.to_le_bytes());
        file[54..56].copy_from_slice(&56_u16.to_le_bytes());
        file[56..58].copy_from_slice(&u16::try_from(segments.len()).unwrap().to_le_bytes());
        for (kind, alignment) in segments {
            let mut segment = vec![0_u8; 56];
            segment[..4].copy_from_slice(&kind.to_le_bytes());
            segment[48..].copy_from_slice(&alignment.to_le_bytes());
            file.extend(segment);
        }
        file
    }

    #[test]
    fn every_loadable_segment_counts_and_no_other() {
        assert!(loads_on_large_pages(&elf(&[(1, 16_384), (1, 65_536), (7, 8)])));
        assert!(!loads_on_large_pages(&elf(&[(1, 16_384), (1, 4_096)])));
        assert!(!loads_on_large_pages(&elf(&[(7, 16_384)])));
        assert!(!loads_on_large_pages(&elf(&[(1, 16_384)])[..100]));
        assert!(!loads_on_large_pages(b"not a library"));
    }

    #[test]
    fn this_very_program_has_small_pages_or_large_ones_but_is_read() {
        let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        // Linux on x86-64 links for pages of 4 KB.
        assert_eq!(loads_on_large_pages(&program), cfg!(target_arch = "aarch64"));
    }
}
