//! Type-checks what only Apple's systems can build, against modules that declare Apple's names and do nothing.

use std::path::{Path, PathBuf};

use super::Toolchain;
use crate::failure::Failure;
use crate::process::{root, run};

const STUBS: &str = "apps/swift/Tools/SwiftUIStub";
const VIEWS: &str = "apps/swift/Sources/AppUI";
const APP: &str = "apps/swift/App";
/// The stand-ins, each after those that it imports.
const MODULES: [&str; 6] =
    ["CoreGraphicsStub", "CoreImage", "SwiftUI", "UserNotifications", "AppIntents", "Security"];
/// A stand-in that only the app may see: the views' previews ask whether it is there, and for them it is not.
const APP_MODULE: &str = "UIKit";
/// A file of the package over the core that only Apple's systems compile.
const KEYCHAIN: &str = "bindings/swift/Sources/Loyalty/KeychainSecretStore.swift";
/// A member that a view reads from a store, and what the proof calls it instead.
const RENAMED: (&str, &str) = ("store.state", "store.status");
/// What the compiler has to say about it.
const NOTICED: &str = "has no member 'status'";
/// What stands around the previews of a screen, which only Xcode's macro can make, and what it is for the gate.
const PREVIEWS: (&str, &str) = ("#if DEBUG && canImport(UIKit)", "#if DEBUG");

/// Checks every file of the views and of the app, and that the check would notice a store's member of another name.
/// `modules` is where the built package has put what the views import; `header_map` describes the C module.
pub(super) fn check(toolchain: &Toolchain, modules: &Path, header_map: &Path) -> Result<(), Failure> {
    let gate = Gate { toolchain, modules, header_map, out: root()?.join("target/swift/view-gate") };
    std::fs::create_dir_all(gate.app()).map_err(|error| unreadable(&gate.out, &error))?;
    for module in MODULES {
        let files = swift_files(&Path::new(STUBS).join(module))?;
        gate.run(&format!("building the stand-in for {module}"), &gate.module(module, &gate.out), &files)?;
    }
    let files = swift_files(&Path::new(STUBS).join(APP_MODULE))?;
    gate.run("building the stand-in for UIKit", &gate.module(APP_MODULE, &gate.app()), &files)?;
    let views = swift_files(Path::new(VIEWS))?;
    let mut app = swift_files(Path::new(APP))?;
    app.push(gate.keychain()?);
    gate.run("type-checking the views", &gate.module("AppUI", &gate.out), &views)?;
    let (shown, previews) = gate.changed("previews", &views, preview)?;
    gate.run("type-checking the previews", &gate.look("AppUI"), &shown)?;
    let mut words = gate.look("LoyaltyPhone");
    words.extend(["-I".to_owned(), gate.app().display().to_string()]);
    gate.run("type-checking the app", &words, &app)?;
    gate.notices_a_renamed_member(&views)?;
    println!(
        "{} files of views and app with {previews} previews, checked against {} declarations",
        views.len() + app.len(),
        stubs()?.lines().filter(|line| declares(line)).count()
    );
    Ok(())
}

struct Gate<'a> {
    toolchain: &'a Toolchain,
    modules: &'a Path,
    header_map: &'a Path,
    out: PathBuf,
}

impl Gate<'_> {
    /// Where what only the app imports is built.
    fn app(&self) -> PathBuf {
        self.out.join("app")
    }

    /// The compiler's words that build a module for others to import.
    fn module(&self, name: &str, folder: &Path) -> Vec<String> {
        let module = folder.join(format!("{name}.swiftmodule"));
        let mut words = vec!["-emit-module".to_owned(), "-o".to_owned(), module.display().to_string()];
        words.extend(self.common(name));
        words
    }

    /// The compiler's words that only look.
    fn look(&self, name: &str) -> Vec<String> {
        let mut words = vec!["-typecheck".to_owned()];
        words.extend(self.common(name));
        words
    }

    fn common(&self, name: &str) -> Vec<String> {
        let folder = |path: &Path| path.display().to_string();
        [
            "-swift-version".to_owned(),
            "6".to_owned(),
            "-wmo".to_owned(),
            "-parse-as-library".to_owned(),
            "-warnings-as-errors".to_owned(),
            "-DDEBUG".to_owned(),
            "-module-name".to_owned(),
            name.to_owned(),
            "-I".to_owned(),
            folder(&self.out),
            "-I".to_owned(),
            folder(self.modules),
            "-Xcc".to_owned(),
            format!("-fmodule-map-file={}", self.header_map.display()),
        ]
        .to_vec()
    }

    fn run(&self, doing: &str, words: &[String], files: &[PathBuf]) -> Result<(), Failure> {
        run(doing, &mut self.compiler(words, files)?)
    }

    fn compiler(&self, words: &[String], files: &[PathBuf]) -> Result<std::process::Command, Failure> {
        let files = files.iter().map(|file| file.display().to_string());
        self.toolchain
            .command(std::iter::once("swiftc".to_owned()).chain(words.iter().cloned()).chain(files), &[])
    }

    /// The Keychain's store as a file of the app, where the package's own types have to be imported.
    fn keychain(&self) -> Result<PathBuf, Failure> {
        let original = root()?.join(KEYCHAIN);
        let text = std::fs::read_to_string(&original).map_err(|error| unreadable(&original, &error))?;
        let copy = self.out.join("KeychainSecretStore.swift");
        std::fs::write(&copy, format!("import Loyalty\n{text}"))
            .map_err(|error| unreadable(&copy, &error))?;
        Ok(copy)
    }

    /// Copies of files with something changed in each, and how often it was.
    fn changed(
        &self,
        name: &str,
        files: &[PathBuf],
        change: impl Fn(&str) -> (String, usize),
    ) -> Result<(Vec<PathBuf>, usize), Failure> {
        let folder = self.out.join(name);
        std::fs::create_dir_all(&folder).map_err(|error| unreadable(&folder, &error))?;
        let (mut copies, mut changes) = (Vec::new(), 0);
        for file in files {
            let text = std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
            let (text, count) = change(&text);
            changes += count;
            let copy = folder.join(file.file_name().unwrap_or_default());
            std::fs::write(&copy, text).map_err(|error| unreadable(&copy, &error))?;
            copies.push(copy);
        }
        Ok((copies, changes))
    }

    /// A gate that lets everything pass would be worth nothing, so it is tried on views that ask a store for a member
    /// which it does not have, and has to say so: that it fails would not be enough, it could fail at anything.
    fn notices_a_renamed_member(&self, views: &[PathBuf]) -> Result<(), Failure> {
        let (member, other) = RENAMED;
        let rename = |text: &str| (text.replace(member, other), text.matches(member).count());
        let (changed, renamed) = self.changed("renamed", views, rename)?;
        let output = self
            .compiler(&self.look("AppUI"), &changed)?
            .output()
            .map_err(|error| Failure::System(format!("the compiler could not start: {error}")))?;
        let noticed = String::from_utf8_lossy(&output.stderr).matches(NOTICED).count();
        if renamed == 0 || output.status.success() || noticed == 0 {
            println!("the view gate does not notice a renamed member of a store ({renamed} renamed)");
            return Err(Failure::Checks);
        }
        println!("a store's member under another name is noticed: {renamed} renamed, {noticed} reports");
        Ok(())
    }
}

/// A file with its previews as functions, whose bodies can be checked without Xcode's macro.
fn preview(text: &str) -> (String, usize) {
    let mut count = 0;
    let lines: Vec<String> = text
        .lines()
        .map(|line| {
            match line.trim_start().strip_prefix("#Preview(\"").and_then(|rest| rest.split_once("\")")) {
                Some((name, body)) => {
                    count += 1;
                    format!("@MainActor @ViewBuilder func preview{name}() -> some View{body}")
                }
                None => line.replace(PREVIEWS.0, PREVIEWS.1),
            }
        })
        .collect();
    (lines.join("\n"), count)
}

/// The Swift files of a folder, sorted.
pub(super) fn swift_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let entries = std::fs::read_dir(root()?.join(folder)).map_err(|error| unreadable(folder, &error))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unreadable(folder, &error))?.path();
        if path.extension().is_some_and(|ending| ending == "swift") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Everything that the stand-ins say.
fn stubs() -> Result<String, Failure> {
    let mut text = String::new();
    for module in MODULES.iter().chain([&APP_MODULE]) {
        for file in swift_files(&Path::new(STUBS).join(module))? {
            text += &std::fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))?;
        }
    }
    Ok(text)
}

fn declares(line: &str) -> bool {
    let words = [
        "func ",
        "init(",
        "init<",
        "init?(",
        "var ",
        "let ",
        "struct ",
        "class ",
        "enum ",
        "protocol ",
        "case ",
    ];
    let line = line.trim_start();
    !line.starts_with("//") && words.iter().any(|word| line.contains(word))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::System(format!("{} cannot be used: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{APP, KEYCHAIN, VIEWS, preview, stubs, swift_files};

    /// Names that the language asks for, and not the app.
    const LANGUAGE: [&str; 2] = ["build", "allowsSelection"];

    /// What a line of the stand-ins declares for views to use: a modifier, or a member of a type.
    fn declared(line: &str) -> Option<&str> {
        let after = [
            "nonisolated public func ",
            "public static let ",
            "public static var ",
            "public static func ",
            "open func ",
        ]
        .iter()
        .find_map(|words| line.split_once(words))?;
        after.1.split(|letter: char| !letter.is_alphanumeric()).find(|name| !name.is_empty())
    }

    #[test]
    fn what_the_app_does_not_use_is_not_declared() {
        let root = crate::process::root().unwrap();
        let mut files = vec![root.join(KEYCHAIN)];
        for folder in [VIEWS, APP] {
            files.extend(swift_files(Path::new(folder)).unwrap());
        }
        let app: String = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
        let words: std::collections::HashSet<&str> =
            app.split(|letter: char| !letter.is_alphanumeric() && letter != '_').collect();
        let stubs = stubs().unwrap();
        let names: Vec<&str> = stubs
            .lines()
            .filter_map(declared)
            .filter(|name| !LANGUAGE.iter().any(|known| name.starts_with(known)))
            .collect();
        assert!(names.len() > 150, "{}", names.len());
        let unused: Vec<&&str> = names.iter().filter(|name| !words.contains(**name)).collect();
        assert!(unused.is_empty(), "declared for nobody: {unused:?}");
    }

    #[test]
    fn a_preview_becomes_a_function_with_the_same_body() {
        let (text, count) = preview(
            "#if DEBUG && canImport(UIKit)\n    #Preview(\"Home\") { Gallery(Fixtures.home) { HomeScreen(state: $0) } }\n#endif",
        );
        assert_eq!(count, 1);
        assert!(text.starts_with("#if DEBUG\n"), "{text}");
        assert!(text.contains("func previewHome() -> some View { Gallery(Fixtures.home) {"), "{text}");
    }
}
