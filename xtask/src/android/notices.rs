//! Under which licences the parts of the app stand: a line for each, in an asset that a screen lists, and the texts.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::built;
use crate::failure::Failure;
use crate::licence_texts::{self, read};
use crate::process::{home, program, root, run};

/// What the app's module is made of, with the POM that gives versions where these do not.
pub(super) const POMS: &[(&str, &[&str])] = &[
    ("apps/kotlin/pom.xml", &["words", "presenters", "ui-android", "androidx", "android"]),
    ("bindings/kotlin/pom.xml", &["api", "native", "client"]),
];
/// How packages call a licence, and what SPDX does.
const NAMES: &[(&str, &str)] = &[
    ("The Apache Software License, Version 2.0", "Apache-2.0"),
    ("The Apache License, Version 2.0", "Apache-2.0"),
    ("Apache License, Version 2.0", "Apache-2.0"),
    ("Apache-2.0", "Apache-2.0"),
    ("LGPL-2.1-or-later", "LGPL-2.1-or-later"),
];

/// A package of Maven's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Package {
    pub(super) group: String,
    pub(super) name: String,
    pub(super) version: String,
}

impl Package {
    fn pom(&self) -> PathBuf {
        let Self { group, name, version } = self;
        repository()
            .join(group.replace('.', "/"))
            .join(name)
            .join(version)
            .join(format!("{name}-{version}.pom"))
    }

    /// Where its jar lies, relative to the repository; what is an AAR has none.
    fn folder(&self) -> String {
        format!("{}/{}/{}/", self.group.replace('.', "/"), self.name, self.version)
    }
}

/// Writes `licences.tsv` and `notices.txt` into the assets.
pub(super) fn write() -> Result<(), Failure> {
    let mut lines = BTreeSet::new();
    for package in packages()? {
        lines.insert(format!(
            "{}:{} {}\t{}",
            package.group,
            package.name,
            package.version,
            licence(&package)?
        ));
    }
    licence_texts::write(&built()?.join("assets"), "aarch64-linux-android", lines)
}

/// Fails for every jar among these that the notices do not name.
pub(super) fn cover(jars: &str) -> Result<(), Failure> {
    let known: Vec<String> = packages()?.iter().map(Package::folder).collect();
    let missing = uncovered(jars, &known);
    for jar in &missing {
        println!("{jar} is in the app and not in its notices");
    }
    if missing.is_empty() { Ok(()) } else { Err(Failure::Checks) }
}

fn uncovered<'j>(jars: &'j str, known: &[String]) -> Vec<&'j str> {
    jars.trim()
        .split(':')
        .filter(|jar| jar.contains("/repository/") && !jar.contains("/repository/app/loyalty/"))
        .filter(|jar| !known.iter().any(|folder| jar.contains(folder.as_str())))
        .collect()
}

/// Everything of Maven's that the app carries, in the order of the names.
pub(super) fn packages() -> Result<BTreeSet<Package>, Failure> {
    let mut found = BTreeSet::new();
    for (parent, modules) in POMS {
        let parent_path = root()?.join(parent);
        let parent_text = read(&parent_path)?;
        for module in *modules {
            let pom = read(&parent_path.with_file_name(module).join("pom.xml"))?;
            found.extend(carried(&pom, &parent_text)?);
        }
    }
    Ok(found)
}

/// What a POM names as part of the app, with versions from it or its parent.
fn carried(pom: &str, parent: &str) -> Result<Vec<Package>, Failure> {
    let mut found = Vec::new();
    for element in ["dependency", "artifactItem"] {
        for block in blocks(pom, element) {
            let group = tag(block, "groupId").unwrap_or_default();
            let name = tag(block, "artifactId").unwrap_or_default();
            let scope = tag(block, "scope").unwrap_or("compile");
            let is_platform = name.starts_with("android-all");
            if group == "app.loyalty" || scope != "compile" || is_platform {
                continue;
            }
            let managed = || {
                let same = |block: &&str| {
                    tag(block, "groupId") == Some(group) && tag(block, "artifactId") == Some(name)
                };
                blocks(parent, "dependency").into_iter().find(same).and_then(|block| tag(block, "version"))
            };
            let version = tag(block, "version").or_else(managed).and_then(|text| resolved(text, parent));
            let version = version
                .ok_or_else(|| Failure::System(format!("{group}:{name} has no version in its POM")))?;
            found.push(Package { group: group.to_owned(), name: name.to_owned(), version });
        }
    }
    Ok(found)
}

/// The licences that a package's POM names, or its parent's.
fn licence(package: &Package) -> Result<String, Failure> {
    let pom = package.pom();
    if !pom.exists() {
        fetch(package)?;
    }
    let text = read(&pom)?;
    let named: Vec<&str> = blocks(&text, "license").iter().filter_map(|block| tag(block, "name")).collect();
    if named.is_empty() {
        let parent = blocks(&text, "parent").first().and_then(|block| {
            Some(Package {
                group: tag(block, "groupId")?.to_owned(),
                name: tag(block, "artifactId")?.to_owned(),
                version: tag(block, "version")?.to_owned(),
            })
        });
        let missing = || Failure::System(format!("{} names no licence", pom.display()));
        return licence(&parent.ok_or_else(missing)?);
    }
    let known: Option<Vec<&str>> = named
        .iter()
        .map(|name| NAMES.iter().find(|(called, _)| called == name).map(|(_, spdx)| *spdx))
        .collect();
    let unknown =
        || Failure::System(format!("{package:?} is under a licence nobody has looked at: {named:?}"));
    Ok(known.ok_or_else(unknown)?.join(" OR "))
}

/// Maven may not have needed it yet.
fn fetch(package: &Package) -> Result<(), Failure> {
    let Package { group, name, version } = package;
    let mut maven = program("mvn")?;
    maven.args(["--batch-mode", "--quiet", "dependency:get", "-Dtransitive=false"]);
    run(
        &format!("fetching what {name} says of itself"),
        maven.arg(format!("-Dartifact={group}:{name}:{version}:pom")),
    )
}

/// Maven's local repository.
pub(super) fn repository() -> PathBuf {
    home().join(".m2/repository")
}

/// What stands between the tags of every element of that name.
fn blocks<'t>(text: &'t str, element: &str) -> Vec<&'t str> {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    text.split(open.as_str()).skip(1).filter_map(|rest| rest.split(close.as_str()).next()).collect()
}

fn tag<'t>(block: &'t str, name: &str) -> Option<&'t str> {
    blocks(block, name).first().map(|text| text.trim())
}

/// `${name}` is a property of the parent.
fn resolved(version: &str, parent: &str) -> Option<String> {
    match version.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
        Some(property) => tag(parent, property).map(str::to_owned),
        None => Some(version.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{carried, uncovered};
    use crate::crates;

    const PARENT: &str = "<project><properties><a.version>1.2</a.version></properties><dependencyManagement><dependency>\
        <groupId>g</groupId><artifactId>managed</artifactId><version>${a.version}</version></dependency>\
        </dependencyManagement></project>";

    #[test]
    fn what_tests_and_the_platform_need_is_no_part_of_the_app() {
        let pom = "<dependency><groupId>g</groupId><artifactId>managed</artifactId></dependency>\
            <dependency><groupId>g</groupId><artifactId>own</artifactId><version>3</version></dependency>\
            <dependency><groupId>g</groupId><artifactId>junit</artifactId><scope>test</scope></dependency>\
            <dependency><groupId>app.loyalty</groupId><artifactId>words</artifactId></dependency>\
            <artifactItem><groupId>x</groupId><artifactId>aar</artifactId><version>${a.version}</version></artifactItem>\
            <artifactItem><groupId>x</groupId><artifactId>android-all-instrumented</artifactId></artifactItem>";
        let names: Vec<String> = carried(pom, PARENT)
            .unwrap()
            .iter()
            .map(|one| format!("{}:{}", one.folder(), one.name))
            .collect();
        assert_eq!(names, ["g/managed/1.2/:managed", "g/own/3/:own", "x/aar/1.2/:aar"]);
    }

    #[test]
    fn a_package_without_a_version_is_refused() {
        let pom = "<dependency><groupId>g</groupId><artifactId>stray</artifactId></dependency>";
        assert!(carried(pom, PARENT).is_err());
    }

    #[test]
    fn macros_and_our_own_crates_are_not_named() {
        let tree = "loyalty-ffi v0.1.0 (/x)|\nserde v1.0.1|MIT/Apache-2.0\nserde v1.0.1|MIT/Apache-2.0 (*)\n\
            serde_derive v1.0.1 (proc-macro)|MIT\n";
        let found: Vec<_> = crates::carried(tree).into_iter().collect();
        assert_eq!(found, [("serde 1.0.1".to_owned(), "MIT OR Apache-2.0".to_owned())]);
    }

    #[test]
    fn a_jar_that_is_not_in_the_notices_is_seen() {
        let known = ["g/own/3/".to_owned()];
        let jars = "/h/.m2/repository/g/own/3/own-3.jar:/h/.m2/repository/app/loyalty/words/0.1.0/words-0.1.0.jar:\
            /h/.m2/repository/g/own/4/own-4.jar:/checkout/ui-android/target/classes\n";
        assert_eq!(uncovered(jars, &known), ["/h/.m2/repository/g/own/4/own-4.jar"]);
    }
}
