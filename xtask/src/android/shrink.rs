//! R8: from the classes of the app and its libraries to what a phone carries.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use super::{HOME, built, notices, property, resources, tools};
use crate::bindings::unusable;
use crate::failure::Failure;
use crate::process::{program, root, run};

/// The rules of ours, beside those that libraries bring.
const RULES: &[&str] = &[
    "bindings/kotlin/native/src/main/resources/META-INF/proguard/loyalty.pro",
    "apps/kotlin/android/proguard-rules.pro",
];

/// What R8 has written: `classes.dex` and what remains of `META-INF`.
pub(super) fn folder() -> Result<PathBuf, Failure> {
    Ok(built()?.join("shrunk"))
}

/// Shrinks what Maven has packed, unless nothing has changed since the last time.
pub(super) fn build() -> Result<(), Failure> {
    let inputs = inputs()?;
    let rules = rules(&inputs)?;
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
    run("shrinking the app", r8.args(&inputs))?;
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

/// Rules of ours, of the linker, of every AAR and of every jar that brings some.
fn rules(jars: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let root = root()?;
    let mut rules: Vec<PathBuf> = RULES.iter().map(|rule| root.join(rule)).collect();
    rules.push(built()?.join("aapt.pro"));
    rules.extend(tools::libraries()?.iter().map(|aar| aar.join("proguard.txt")).filter(|rule| rule.exists()));
    let brought = built()?.join("rules");
    if brought.exists() {
        fs::remove_dir_all(&brought).map_err(|error| unusable(&brought, &error))?;
    }
    for jar in jars {
        let name = jar.file_name().unwrap_or_default();
        let place = brought.join(name);
        let mut unzip = program("unzip")?;
        unzip.arg("-qq").arg(jar).args(["META-INF/com.android.tools/*", "META-INF/proguard/*"]);
        // It fails where a jar has none.
        let _ = unzip.arg("-d").arg(&place).stderr(std::process::Stdio::null()).status();
        rules.extend(for_r8(&place)?);
    }
    Ok(rules)
}

/// The rules of an unpacked jar that are meant for an R8 as new as ours: those for it, else those for everybody.
fn for_r8(unpacked: &Path) -> Result<Vec<PathBuf>, Failure> {
    let own = unpacked.join("META-INF/com.android.tools");
    let folders: Vec<PathBuf> = if own.is_dir() {
        let entries = fs::read_dir(&own).map_err(|error| unusable(&own, &error))?;
        entries.flatten().map(|entry| entry.path()).filter(|path| is_for_us(path)).collect()
    } else {
        vec![unpacked.join("META-INF/proguard")]
    };
    let mut rules = Vec::new();
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        rules.extend(crate::bindings::files(folder)?);
    }
    rules.sort();
    Ok(rules)
}

/// `r8` and `r8-from-1.6.0`, but neither `r8-upto-1.6.0` nor what is for ProGuard.
fn is_for_us(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("r8") && !name.contains("-upto-")
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

#[cfg(test)]
mod tests {
    use super::is_for_us;
    use std::path::Path;

    #[test]
    fn rules_for_older_or_other_shrinkers_are_left_out() {
        let ours =
            ["r8", "r8-from-1.6.0", "r8-upto-3.0.0", "proguard"].map(|name| is_for_us(Path::new(name)));
        assert_eq!(ours, [true, true, false, false]);
    }
}
