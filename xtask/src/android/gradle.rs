//! What the build with Gradle says, held against what is built and tested with Maven.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::notices::Package;

/// The files that both builds are described in.
#[derive(Debug, Clone)]
pub(super) struct Builds {
    /// `android/build.gradle.kts`.
    pub(super) script: String,
    /// `gradle/libs.versions.toml`.
    pub(super) catalogue: String,
    /// The POM of the app's module.
    pub(super) pom: String,
    /// The version of Kotlin that Maven compiles with.
    pub(super) kotlin: String,
    /// Everything that the app carries, as Maven has it.
    pub(super) packages: BTreeSet<Package>,
    /// The folders that Maven compiles, from the project's root.
    pub(super) sources: BTreeSet<String>,
    /// Every manifest among the app's sources, from its module's folder.
    pub(super) manifests: Vec<String>,
}

/// A property of the POM, and what the script calls it.
const LEVELS: &[(&str, &str)] = &[
    ("android.application", "applicationId"),
    ("android.namespace", "namespace"),
    ("android.min", "minSdk"),
    ("android.target", "targetSdk"),
    ("android.version.code", "versionCode"),
    ("android.version.name", "versionName"),
];
/// The folder of the module, from which Gradle counts.
const MODULE: &str = "apps/kotlin/android";

/// Everything in which the two differ.
pub(super) fn differences(builds: &Builds) -> Vec<String> {
    let mut found = Vec::new();
    for (property, name) in LEVELS {
        let maven = super::element(&builds.pom, property);
        let gradle = setting(&builds.script, name);
        if maven.is_none() || maven != gradle {
            found.push(format!("{name}: Maven {maven:?}, Gradle {gradle:?}"));
        }
    }
    let kotlin = quoted_after(&builds.catalogue, "kotlin = ");
    if kotlin != Some(builds.kotlin.as_str()) {
        found.push(format!("Kotlin: Maven {}, Gradle {kotlin:?}", builds.kotlin));
    }
    found.extend(library_differences(builds));
    let gradle = sources(&builds.script);
    found
        .extend(builds.sources.difference(&gradle).map(|folder| format!("Gradle does not compile {folder}")));
    found.extend(gradle.difference(&builds.sources).map(|folder| format!("Maven does not compile {folder}")));
    // Permissions cannot differ while both read this one file.
    if builds.manifests != ["src/main/AndroidManifest.xml"] || builds.script.contains("manifest.srcFile") {
        found.push(format!("more manifests than one: {:?}", builds.manifests));
    }
    found
}

/// What the libraries ask of a build with Gradle, by what each says in its own file, and the script does not give.
pub(super) fn unmet<'m>(builds: &Builds, metadata: impl Iterator<Item = &'m str>) -> Vec<String> {
    let compiled = setting(&builds.script, "compileSdk").unwrap_or_default();
    let plugin = quoted_after(&builds.catalogue, "agp = ").unwrap_or_default();
    let mut found = BTreeSet::new();
    for line in metadata.flat_map(str::lines) {
        let is_met = match line.split_once('=') {
            Some(("minCompileSdk", asked)) => version(compiled) >= version(asked),
            Some(("minAndroidGradlePluginVersion", asked)) => version(plugin) >= version(asked),
            Some(("coreLibraryDesugaringEnabled", asked)) => asked == "false",
            _ => true,
        };
        if !is_met {
            found.insert(format!("a library asks for {line}"));
        }
    }
    found.into_iter().collect()
}

/// The numbers of a version, which compare as versions do.
fn version(text: &str) -> Vec<u32> {
    text.trim().split('.').map_while(|part| part.parse().ok()).collect()
}

/// Libraries that the catalogue names in another version than Maven has, or that Maven has not.
fn library_differences(builds: &Builds) -> Vec<String> {
    let mut found = Vec::new();
    let mut count = 0;
    for line in builds.catalogue.lines() {
        let Some(module) = quoted_after(line, "module = ") else { continue };
        count += 1;
        let version = quoted_after(line, "version.ref = ")
            .and_then(|name| quoted_after(&builds.catalogue, &format!("\n{name} = ")));
        let (group, name) = module.split_once(':').unwrap_or_default();
        // What is published for several platforms is listed by Maven as the artifact for one.
        let versions: Vec<&str> = ["", "-android", "-jvm"]
            .iter()
            .filter_map(|platform| {
                let name = format!("{name}{platform}");
                builds.packages.iter().find(|package| package.group == group && package.name == name)
            })
            .map(|package| package.version.as_str())
            .collect();
        if versions.is_empty() || versions.iter().any(|maven| Some(*maven) != version) {
            found.push(format!("{module}: Maven {versions:?}, Gradle {version:?}"));
        }
    }
    if count == 0 {
        found.push("the catalogue names no library".to_owned());
    }
    found
}

/// The folders that the script adds, and the one that Gradle knows by itself, from the project's root.
fn sources(script: &str) -> BTreeSet<String> {
    let list = script.split_once("kotlin.srcDirs(").map_or("", |(_, rest)| rest);
    list.lines()
        .map(str::trim)
        .take_while(|line| *line != ")")
        .filter_map(|line| {
            let folder = line.split('"').nth(1)?;
            let from = if line.starts_with("generated.resolve(") { "target" } else { MODULE };
            Some(plain(&Path::new(from).join(folder)))
        })
        .chain([plain(&Path::new(MODULE).join("src/main/kotlin"))])
        .collect()
}

/// A path without `..`.
pub(super) fn plain(path: &Path) -> String {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => drop(plain.pop()),
            other => plain.push(other),
        }
    }
    plain.display().to_string()
}

/// What the script sets a name to, with or without quotes.
fn setting<'t>(script: &'t str, name: &str) -> Option<&'t str> {
    script
        .lines()
        .find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(" = "))
        .map(|value| value.trim_matches('"'))
}

fn quoted_after<'t>(text: &'t str, before: &str) -> Option<&'t str> {
    text.split_once(before)?.1.strip_prefix('"')?.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::{Builds, differences, unmet};

    fn as_they_are() -> Builds {
        super::super::builds().unwrap()
    }

    #[test]
    fn both_builds_say_the_same() {
        assert_eq!(differences(&as_they_are()), [""; 0]);
    }

    /// What is said once one text of a file is another.
    fn said(file: fn(&mut Builds) -> &mut String, was: &str, is: &str) -> String {
        let mut builds = as_they_are();
        let text = file(&mut builds);
        assert!(text.contains(was), "{was}");
        *text = text.replacen(was, is, 1);
        differences(&builds).join("\n")
    }

    #[test]
    fn a_drift_of_either_is_seen() {
        let script: fn(&mut Builds) -> &mut String = |builds| &mut builds.script;
        let catalogue: fn(&mut Builds) -> &mut String = |builds| &mut builds.catalogue;
        assert!(said(script, "minSdk = 26", "minSdk = 24").starts_with("minSdk:"));
        assert!(said(script, "targetSdk = 35", "targetSdk = 36").starts_with("targetSdk:"));
        assert!(said(script, "applicationId = \"app", "applicationId = \"com").starts_with("applicationId:"));
        assert!(said(script, "versionCode = 1", "versionCode = 2").starts_with("versionCode:"));
        assert!(
            said(script, "\"../ui/src/main/kotlin\",", "")
                .contains("Gradle does not compile apps/kotlin/ui/")
        );
        assert!(
            said(script, "\"../ui/src/", "\"../kiosk/src/main/kotlin\",\n\"../ui/src/")
                .starts_with("Maven does not")
        );
        assert!(said(|builds| &mut builds.pom, "<android.min>26", "<android.min>27").starts_with("minSdk:"));
        assert!(
            said(catalogue, "compose = \"1.11.4\"", "compose = \"1.11.3\"")
                .contains("androidx.compose.ui:ui:")
        );
        assert!(said(catalogue, "kotlin = \"2", "kotlin = \"1").starts_with("Kotlin:"));
        assert!(
            said(catalogue, "androidx.core:core-ktx", "androidx.core:core-new")
                .contains("core-new: Maven []")
        );
    }

    #[test]
    fn what_a_library_asks_of_the_build_is_compared_as_versions_are() {
        let builds = as_they_are();
        let met =
            "minCompileSdk=36\r\nminAndroidGradlePluginVersion=8.9.1\ncoreLibraryDesugaringEnabled=false\n";
        assert_eq!(unmet(&builds, [met].into_iter()), [""; 0]);
        for asked in
            ["minCompileSdk=37", "minAndroidGradlePluginVersion=8.14.0", "coreLibraryDesugaringEnabled=true"]
        {
            assert_eq!(unmet(&builds, [met, asked].into_iter()), [format!("a library asks for {asked}")]);
        }
    }

    #[test]
    fn a_second_manifest_is_seen() {
        let mut builds = as_they_are();
        builds.manifests.push("src/debug/AndroidManifest.xml".to_owned());
        assert!(differences(&builds).join("\n").starts_with("more manifests than one"));
    }
}
