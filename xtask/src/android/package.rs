//! The app as a file: packed, aligned and signed, with a key that nobody trusts.

use std::fs;
use std::path::{Path, PathBuf};

use super::{built, property, resources, shrink, tools};
use crate::bindings::{files, unusable};
use crate::failure::Failure;
use crate::phones::loads_on_large_pages;
use crate::process::{program, run};

/// Whoever installs the file has made it: the key protects nothing, and lies beside it.
const PASSWORD: &str = "throwaway";
/// Phones, old phones, and emulators.
const PLATFORMS: &[&str] = &["arm64-v8a", "armeabi-v7a", "x86_64"];

/// Packs `target/android/app.apk` and unpacks it again into the folder that is given back, to be looked through.
///
/// The library in Rust is inside only where `cargo xtask android` has built it, which takes an NDK.
pub(super) fn build() -> Result<PathBuf, Failure> {
    let stage = built()?.join("stage");
    if stage.exists() {
        fs::remove_dir_all(&stage).map_err(|error| unusable(&stage, &error))?;
    }
    let mut unzip = program("unzip")?;
    run(
        "unpacking the resources",
        unzip.arg("-qq").arg(built()?.join("resources.apk")).arg("-d").arg(&stage),
    )?;
    for dex in shrink::dexes()? {
        copy(&dex, &stage.join(dex.file_name().unwrap_or_default()))?;
    }
    let services = shrink::folder()?.join("META-INF/services");
    if services.is_dir() {
        for service in files(&services)? {
            copy(&service, &stage.join("META-INF/services").join(service.file_name().unwrap_or_default()))?;
        }
    }
    native_libraries(&stage)?;
    let packed = pack(&stage)?;
    sign(&packed)?;
    Ok(stage)
}

/// Libraries of AndroidX, of JNA and of ours, where there is one.
fn native_libraries(stage: &Path) -> Result<(), Failure> {
    let mut sources: Vec<PathBuf> = tools::libraries()?.iter().map(|library| library.join("jni")).collect();
    sources.push(tools::jna()?.join("jni"));
    let ours = built()?.join("../bindings/android/jni");
    if ours.is_dir() {
        sources.push(ours);
    } else {
        println!("no NDK has built the library in Rust: the app that is packed here cannot start");
    }
    for source in sources {
        for platform in PLATFORMS {
            let folder = source.join(platform);
            for library in if folder.is_dir() { files(&folder)? } else { Vec::new() } {
                let bytes = fs::read(&library).map_err(|error| unusable(&library, &error))?;
                if !loads_on_large_pages(&bytes) {
                    return Err(Failure::System(format!(
                        "{} does not load on pages of 16 KB",
                        library.display()
                    )));
                }
                copy(
                    &library,
                    &stage.join("lib").join(platform).join(library.file_name().unwrap_or_default()),
                )?;
            }
        }
    }
    Ok(())
}

/// The resource table and the libraries are stored as they are: Android maps them into memory from the file.
fn pack(stage: &Path) -> Result<PathBuf, Failure> {
    let (loose, aligned) = (built()?.join("loose.apk"), built()?.join("aligned.apk"));
    if loose.exists() {
        fs::remove_file(&loose).map_err(|error| unusable(&loose, &error))?;
    }
    let mut zip = program("zip")?;
    zip.current_dir(stage).args(["-q", "-X", "-r", "-n", ".arsc:.so:.ttf:.png:.webp"]).arg(&loose).arg(".");
    run("packing the app", &mut zip)?;
    run("aligning the app", program("zipalign")?.args(["-p", "-f", "4"]).arg(&loose).arg(&aligned))?;
    run("checking that the app is aligned", program("zipalign")?.args(["-c", "-p", "4"]).arg(&aligned))?;
    Ok(aligned)
}

fn sign(aligned: &Path) -> Result<(), Failure> {
    let (key, app) = (built()?.join("throwaway.p12"), built()?.join("app.apk"));
    if !key.exists() {
        let mut keytool = program("keytool")?;
        keytool.args(["-genkeypair", "-storetype", "PKCS12", "-storepass", PASSWORD, "-alias", "throwaway"]);
        keytool.args([
            "-keyalg",
            "EC",
            "-groupname",
            "secp256r1",
            "-validity",
            "365",
            "-dname",
            "CN=throwaway",
        ]);
        run("making a key", keytool.arg("-keystore").arg(&key).stderr(std::process::Stdio::null()))?;
    }
    let oldest = property(resources::POM, "android.min")?;
    let password = format!("pass:{PASSWORD}");
    let mut signer = program("apksigner")?;
    signer.args(["sign", "--ks-pass", &password, "--min-sdk-version", &oldest, "--ks"]).arg(&key);
    run("signing the app", signer.arg("--out").arg(&app).arg(aligned))?;
    let mut verifier = program("apksigner")?;
    run("verifying the signature", verifier.args(["verify", "--min-sdk-version", &oldest]).arg(&app))
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let folder = to.parent().unwrap_or(to);
    fs::create_dir_all(folder).map_err(|error| unusable(folder, &error))?;
    fs::copy(from, to).map(|_| ()).map_err(|error| unusable(from, &error))
}
