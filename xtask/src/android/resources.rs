//! The merged manifest, the linked resources, and the classes that name them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{HOME, built, notices, property, tools};
use crate::bindings::{unusable, write_if_changed};
use crate::failure::Failure;
use crate::process::{program, root, run};
use crate::strings;

/// The POM that says what the app is called and which Androids it is for.
pub(super) const POM: &str = "apps/kotlin/android/pom.xml";
const TYPEFACE: &str = "apps/brand/typeface";

/// Builds all of it into `target/android`.
pub(super) fn build() -> Result<(), Failure> {
    generated()?;
    merge_manifests()?;
    link()
}

/// What Gradle does not make by itself either.
pub(super) fn generated() -> Result<(), Failure> {
    fonts()?;
    notices::write()
}

/// Android takes a font by the name of its file, in small letters.
fn fonts() -> Result<(), Failure> {
    let source = root()?.join(TYPEFACE);
    let entries = fs::read_dir(&source).map_err(|error| unusable(&source, &error))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase().replace('-', "_");
        if name.ends_with(".ttf") {
            let bytes = fs::read(&path).map_err(|error| unusable(&path, &error))?;
            write_if_changed(&built()?.join("res/font").join(name), &bytes)?;
        }
    }
    Ok(())
}

/// Ours with those of all libraries, as Gradle merges them.
fn merge_manifests() -> Result<(), Failure> {
    let libraries: Vec<String> = tools::libraries()?
        .iter()
        .map(|library| library.join("AndroidManifest.xml").display().to_string())
        .collect();
    let mut merger = tools::java("com.android.manifmerger.Merger")?;
    merger.arg("--main").arg(ours_with_package()?);
    merger.args(["--libs", &libraries.join(":")]);
    for (name, property_name) in [
        ("PACKAGE", "android.application"),
        ("MIN_SDK_VERSION", "android.min"),
        ("TARGET_SDK_VERSION", "android.target"),
        ("VERSION_CODE", "android.version.code"),
        ("VERSION_NAME", "android.version.name"),
    ] {
        merger.args(["--property", &format!("{name}={}", property(POM, property_name)?)]);
    }
    let merged = built()?.join("AndroidManifest.xml");
    run("merging the manifests", merger.arg("--out").arg(merged))
}

/// Gradle takes the package of the code from its script and allows none in the manifest; the merger reads it there.
fn ours_with_package() -> Result<PathBuf, Failure> {
    let source = root()?.join(HOME).join("src/main/AndroidManifest.xml");
    let text = fs::read_to_string(&source).map_err(|error| unusable(&source, &error))?;
    let package = format!("<manifest package=\"{}\"", property(POM, "android.namespace")?);
    let copy = built()?.join("ours/AndroidManifest.xml");
    write_if_changed(&copy, text.replacen("<manifest", &package, 1).as_bytes())?;
    Ok(copy)
}

/// Compiles resources, links them and writes `R` for every package that has any.
fn link() -> Result<(), Failure> {
    let mut overlays = Vec::new();
    let mut packages = Vec::new();
    for library in tools::libraries()? {
        if fs::metadata(library.join("R.txt")).is_ok_and(|table| table.len() > 0) {
            packages.push(package(&library)?);
        }
        if library.join("res").is_dir() {
            overlays.push(compiled(&library.join("res"), &library)?);
        }
    }
    overlays.push(compiled(&built()?.join("res"), Path::new("fonts"))?);
    overlays.push(compiled(&strings::folder()?.join("android/res"), Path::new("words"))?);
    overlays.push(compiled(&root()?.join(HOME).join("src/main/res"), Path::new("app"))?);

    let java = built()?.join("java");
    if java.exists() {
        fs::remove_dir_all(&java).map_err(|error| unusable(&java, &error))?;
    }
    for folder in [&java, &built()?.join("assets")] {
        fs::create_dir_all(folder).map_err(|error| unusable(folder, &error))?;
    }
    let mut aapt2 = linker(&packages)?;
    for overlay in &overlays {
        aapt2.arg("-R").arg(overlay);
    }
    run("linking the resources", &mut aapt2)
}

fn linker(packages: &[String]) -> Result<Command, Failure> {
    let built = built()?;
    let mut aapt2 = program(tools::aapt2()?)?;
    aapt2.arg("link").arg("-o").arg(built.join("resources.apk"));
    aapt2.arg("-I").arg(tools::platform("resources")?);
    aapt2.arg("--manifest").arg(built.join("AndroidManifest.xml"));
    aapt2.args(["--custom-package", &property(POM, "android.namespace")?]);
    aapt2.arg("--java").arg(built.join("java")).args(["--extra-packages", &packages.join(":")]);
    aapt2.arg("-A").arg(built.join("assets")).arg("--auto-add-overlay");
    aapt2.arg("--proguard").arg(built.join("aapt.pro"));
    // The languages that the app speaks: libraries bring eighty.
    aapt2.args(["-c", "ru,en"]);
    Ok(aapt2)
}

/// One folder's resources, compiled. Those of a library are once and for all.
fn compiled(res: &Path, owner: &Path) -> Result<PathBuf, Failure> {
    let name = owner.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let output = built()?.join("flat").join(format!("{name}.zip"));
    if owner.is_absolute() && output.exists() {
        return Ok(output);
    }
    let folder = output.parent().unwrap_or(&output);
    fs::create_dir_all(folder).map_err(|error| unusable(folder, &error))?;
    let mut aapt2 = program(tools::aapt2()?)?;
    aapt2.arg("compile").arg("--dir").arg(res).arg("-o").arg(&output);
    run(&format!("compiling the resources of {name}"), &mut aapt2)?;
    Ok(output)
}

/// The package of a library, from its manifest.
fn package(library: &Path) -> Result<String, Failure> {
    let manifest = library.join("AndroidManifest.xml");
    let text = fs::read_to_string(&manifest).map_err(|error| unusable(&manifest, &error))?;
    text.split_once("package=\"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(package, _)| package.to_owned())
        .ok_or_else(|| Failure::System(format!("{} names no package", manifest.display())))
}
