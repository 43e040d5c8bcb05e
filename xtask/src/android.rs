//! The phone app for Android, built and tested without Gradle and without an SDK.

mod contents;
mod gradle;
mod manifest;
mod notices;
mod package;
mod resources;
mod rules;
mod shrink;
mod tools;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bindings::{self, files, unusable};
use crate::failure::Failure;
use crate::process::{program, root, run};
use crate::{screens, size, strings, surefire};

/// Where its sources are.
const HOME: &str = "apps/kotlin/android";
/// What Kotlin and Java may weigh on a phone: all of it is parsed when the app is installed, and what grows here is
/// mostly a library that somebody took along.
pub(crate) const DEX_CEILING: u64 = 2_850_000;

pub(crate) use tools::set_up;

/// `cargo xtask android resources`: all that the app's module is compiled against and Maven does not make.
pub(crate) fn resources() -> Result<(), Failure> {
    tools::set_up()?;
    screens::prepare()?;
    resources::build()
}

/// The rest of `cargo xtask android`: everything beside the library in Rust that the build with Gradle reads and nobody
/// commits.
pub(crate) fn prepare_for_gradle() -> Result<(), Failure> {
    tools::libraries_there()?;
    strings::write()?;
    bindings::generate(&[])?;
    resources::generated()
}

/// `cargo xtask test android`: builds the app as a phone would get it, and holds it to what it promises.
pub(crate) fn test() -> Result<(), Failure> {
    agree_with_gradle()?;
    resources()?;
    libraries_agree_with_gradle()?;
    agree_to_the_manifest()?;
    agree_to_the_rules()?;
    surefire::test("testing the Android app", screens::APPS, maven()?.arg("verify"))?;
    shrink::build()?;
    contents::search(&package::build()?)?;
    let dex = shrink::size()?;
    println!("the classes of the app: {dex} bytes of at most {DEX_CEILING}");
    if dex > DEX_CEILING { Err(Failure::Checks) } else { size::agrees_about_the_app(dex) }
}

/// `cargo xtask android pictures`: draws the committed pictures of the app anew.
pub(crate) fn draw() -> Result<(), Failure> {
    resources()?;
    let mut maven = maven()?;
    maven.args(["-Dbless=true", "-Dtest=PicturesTest", "-Dsurefire.failIfNoSpecifiedTests=false"]);
    run("drawing the Android app", maven.arg("test"))
}

/// The size of what Kotlin and Java come to on a phone.
pub(crate) fn dex_size() -> Result<u64, Failure> {
    resources()?;
    run("building the Android app", maven()?.args(["-DskipTests", "package"]))?;
    shrink::build()?;
    shrink::size()
}

/// Maven over the app's module and what it is made of.
fn maven() -> Result<Command, Failure> {
    let mut maven = program("mvn")?;
    maven.args(["--batch-mode", "--quiet", "--file", screens::POM, "--projects", "android", "--also-make"]);
    Ok(maven)
}

/// That the build which an Android developer opens is the one that is tested here.
fn agree_with_gradle() -> Result<(), Failure> {
    agreed("Maven and Gradle differ", &gradle::differences(&builds()?))
}

/// That it gives AndroidX the compiler and the plugin that AndroidX asks for.
fn libraries_agree_with_gradle() -> Result<(), Failure> {
    let mut metadata = Vec::new();
    for library in tools::libraries()? {
        let file = library.join("META-INF/com/android/build/gradle/aar-metadata.properties");
        if file.exists() {
            metadata.push(read(&file)?);
        }
    }
    agreed("the build with Gradle", &gradle::unmet(&builds()?, metadata.iter().map(String::as_str)))
}

fn agreed(what: &str, faults: &[String]) -> Result<(), Failure> {
    for fault in faults {
        println!("{what}: {fault}");
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::Checks) }
}

fn agree_to_the_manifest() -> Result<(), Failure> {
    let merged = built()?.join("AndroidManifest.xml");
    agreed("the merged manifest", &manifest::faults(&read(&merged)?))
}

fn agree_to_the_rules() -> Result<(), Failure> {
    let folder = root()?.join(HOME).join("src/main/res/xml");
    let file = |name: &str| read(&folder.join(name));
    let backup = rules::backup_faults(&file("data_extraction_rules.xml")?, &file("backup_rules.xml")?);
    agreed("the rules for backups", &backup)?;
    agreed("the rules for the network", &rules::network_faults(&file("network_security_config.xml")?))
}

/// What is built of the app, and what its module reads of it.
fn built() -> Result<PathBuf, Failure> {
    Ok(root()?.join("target/android"))
}

/// A property of a POM of the app, which is where its versions and levels stand.
fn property(pom: &str, name: &str) -> Result<String, Failure> {
    let path = root()?.join(pom);
    let text = read(&path)?;
    let value = element(&text, name).map(str::to_owned);
    value.ok_or_else(|| Failure::System(format!("{pom} says nothing of {name}")))
}

/// What stands in the first element of that name.
fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    Some(text.split_once(&format!("<{name}>"))?.1.split_once('<')?.0)
}

fn read(file: &Path) -> Result<String, Failure> {
    fs::read_to_string(file).map_err(|error| unusable(file, &error))
}

/// What both builds of the app say.
fn builds() -> Result<gradle::Builds, Failure> {
    let root = root()?;
    let mut manifests = Vec::new();
    let home = root.join(HOME);
    for file in files(&home.join("src"))? {
        if file.ends_with("AndroidManifest.xml") {
            manifests.push(file.strip_prefix(&home).unwrap_or(&file).display().to_string());
        }
    }
    Ok(gradle::Builds {
        script: read(&home.join("build.gradle.kts"))?,
        catalogue: read(&root.join("apps/kotlin/gradle/libs.versions.toml"))?,
        pom: read(&home.join("pom.xml"))?,
        kotlin: property(screens::POM, "kotlin.version")?,
        packages: notices::packages()?,
        sources: source_folders()?,
        manifests,
    })
}

/// The folders that Maven compiles into the app, from the project's root.
fn source_folders() -> Result<BTreeSet<String>, Failure> {
    let root = root()?;
    let mut found = BTreeSet::new();
    for (parent, modules) in notices::POMS {
        let folder = Path::new(parent).parent().unwrap_or(Path::new(""));
        let parent_text = read(&root.join(parent))?;
        for module in *modules {
            let pom = read(&root.join(folder).join(module).join("pom.xml"))?;
            // What is made of AARs compiles nothing.
            if pom.contains("<artifactItem>") && !pom.contains("kotlin-maven-plugin") {
                continue;
            }
            let own = element(&pom, "sourceDirectory").or_else(|| element(&parent_text, "sourceDirectory"));
            let own = own.unwrap_or("src/main/kotlin");
            let property = own.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
            let path = match property.and_then(|name| element(&parent_text, name)) {
                Some(path) => folder.join(path.trim_start_matches("${maven.multiModuleProjectDirectory}/")),
                None => folder.join(module).join(own),
            };
            found.insert(gradle::plain(&path));
        }
    }
    Ok(found)
}
