//! R8: from the classes of the app and its libraries to what a phone carries.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::PathBuf;
use std::process::Command;

use super::{HOME, built, notices, property, resources, tools};
use crate::bindings::unusable;
use crate::failure::Failure;
use crate::process::root;

/// What R8 has written: `classes.dex` and what remains of `META-INF`.
pub(super) fn folder() -> Result<PathBuf, Failure> {
    Ok(built()?.join("shrunk"))
}

/// Shrinks what Maven has packed, unless nothing has changed since the last time.
pub(super) fn build() -> Result<(), Failure> {
    let inputs = inputs()?;
    let rules = rules()?;
    let stamp = built()?.join("shrunk.stamp");
    let fingerprint = fingerprint(&inputs.iter().chain(&rules).collect::<Vec<_>>())?;
    if fs::read_to_string(&stamp).is_ok_and(|last| last == fingerprint) {
        return Ok(());
    }
    let folder = folder()?;
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| unusable(&folder, &error))?;
    }
    fs::create_dir_all(&folder).map_err(|error| unusable(&folder, &error))?;
    let mut r8 = tools::java("com.android.tools.r8.R8")?;
    r8.args(["--release", "--min-api", &property(resources::POM, "android.min")?]);
    // What the JDK has and Android has not is looked up by libraries that run on both.
    r8.arg("--lib").arg(tools::platform("classes")?).arg("--lib").arg(jdk()?);
    r8.arg("--pg-map-output").arg(built()?.join("mapping.txt")).arg("--output").arg(&folder);
    for rule in &rules {
        r8.arg("--pg-conf").arg(rule);
    }
    quietly(r8.args(&inputs))?;
    fs::write(&stamp, fingerprint).map_err(|error| unusable(&stamp, &error))
}

/// The size of all that is executed on a phone, the library in Rust aside.
pub(super) fn size() -> Result<u64, Failure> {
    let mut size = 0;
    for dex in dexes()? {
        size += fs::metadata(&dex).map_err(|error| unusable(&dex, &error))?.len();
    }
    Ok(size)
}

pub(super) fn dexes() -> Result<Vec<PathBuf>, Failure> {
    let folder = folder()?;
    let entries = fs::read_dir(&folder).map_err(|error| unusable(&folder, &error))?;
    let is_dex = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "dex");
    let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_dex).collect();
    found.sort();
    Ok(found)
}

/// The app's jar and all on its class path.
fn inputs() -> Result<Vec<PathBuf>, Failure> {
    let target = root()?.join(HOME).join("target");
    let list = target.join("classpath.txt");
    let jars = fs::read_to_string(&list).map_err(|error| unusable(&list, &error))?;
    notices::cover(&jars)?;
    let app = target.join("android-0.1.0.jar");
    Ok(std::iter::once(app).chain(jars.trim().split(':').map(PathBuf::from)).collect())
}

/// Rules of ours, of the linker and of every AAR. Those in jars, the bindings' among them, R8 finds by itself.
fn rules() -> Result<Vec<PathBuf>, Failure> {
    let mut rules = vec![root()?.join(HOME).join("proguard-rules.pro"), built()?.join("aapt.pro")];
    rules.extend(tools::libraries()?.iter().map(|aar| aar.join("proguard.txt")).filter(|rule| rule.exists()));
    Ok(rules)
}

/// Runs R8, which tells at length which rules match nothing, and lets it speak if it fails.
fn quietly(r8: &mut Command) -> Result<(), Failure> {
    let output = r8.output().map_err(|error| Failure::System(format!("R8 could not start: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    eprintln!("{}", String::from_utf8_lossy(&output.stderr));
    Err(Failure::Program { doing: "shrinking the app".to_owned(), code: output.status.code() })
}

/// What tells whether R8 would write something else. Only ever compared on one machine.
fn fingerprint(files: &[&PathBuf]) -> Result<String, Failure> {
    let mut hasher = DefaultHasher::new();
    // Which R8 it is stands there.
    let tools = root()?.join("apps/kotlin/android-tools/pom.xml");
    for file in std::iter::once(&&tools).chain(files) {
        file.hash(&mut hasher);
        fs::read(file).map_err(|error| unusable(file, &error))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// The folder of the JDK whose compiler is on the path.
fn jdk() -> Result<PathBuf, Failure> {
    let home = std::env::var_os("JAVA_HOME").map(PathBuf::from);
    let on_path = || {
        let folders = std::env::var_os("PATH").unwrap_or_default();
        let javac =
            std::env::split_paths(&folders).map(|folder| folder.join("javac")).find(|file| file.exists())?;
        Some(fs::canonicalize(javac).ok()?.parent()?.parent()?.to_path_buf())
    };
    home.or_else(on_path).ok_or_else(|| Failure::Missing {
        what: "the folder of the JDK".to_owned(),
        remedy: "set JAVA_HOME".to_owned(),
    })
}
