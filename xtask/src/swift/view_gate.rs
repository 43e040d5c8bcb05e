//! Type-checks what only Apple's systems can build, against modules that declare Apple's names and do nothing.

use std::path::{Path, PathBuf};

use super::Toolchain;
use crate::failure::Failure;
use crate::process::{output_of, root, run};

const STUBS: &str = "apps/swift/Tools/SwiftUIStub";
const VIEWS: &str = "apps/swift/Sources/AppUI";
const APP: &str = "apps/swift/App";
/// The stand-ins, each after those that it imports.
const MODULES: [&str; 6] =
    ["CoreGraphicsStub", "CoreImage", "SwiftUI", "UserNotifications", "AppIntents", "Security"];
/// A file of the package over the core that only Apple's systems compile.
const KEYCHAIN: &str = "bindings/swift/Sources/Loyalty/KeychainSecretStore.swift";
/// A member that a view reads from a store, and what the proof calls it instead.
const RENAMED: (&str, &str) = ("store.state", "store.status");

/// Checks every file of the views and of the app, and that the check would notice a store's member of another name.
/// `modules` is where the built package has put what the views import; `header_map` describes the C module.
pub(super) fn check(toolchain: &Toolchain, modules: &Path, header_map: &Path) -> Result<(), Failure> {
    let gate = Gate { toolchain, modules, header_map, out: root()?.join("target/swift/view-gate") };
    std::fs::create_dir_all(&gate.out).map_err(|error| unreadable(&gate.out, &error))?;
    for module in MODULES {
        let files = swift_files(&Path::new(STUBS).join(module))?;
        gate.run(&format!("building the stand-in for {module}"), &gate.module(module), &files)?;
    }
    let views = swift_files(Path::new(VIEWS))?;
    let mut app = swift_files(Path::new(APP))?;
    app.push(gate.keychain()?);
    gate.run("type-checking the views", &gate.module("AppUI"), &views)?;
    gate.run("type-checking the app", &gate.look("LoyaltyPhone"), &app)?;
    gate.notices_a_renamed_member(&views)?;
    let stubs = MODULES.map(|module| swift_files(&Path::new(STUBS).join(module)));
    let symbols = count(stubs.into_iter().collect::<Result<Vec<_>, _>>()?.concat())?;
    println!("{} files of views and app, checked against {symbols} declarations", views.len() + app.len());
    Ok(())
}

struct Gate<'a> {
    toolchain: &'a Toolchain,
    modules: &'a Path,
    header_map: &'a Path,
    out: PathBuf,
}

impl Gate<'_> {
    /// The compiler's words that build a module for others to import.
    fn module(&self, name: &str) -> Vec<String> {
        let module = self.out.join(format!("{name}.swiftmodule"));
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

    /// A gate that lets everything pass would be worth nothing, so it is tried on views that ask a store for a member
    /// which it does not have.
    fn notices_a_renamed_member(&self, views: &[PathBuf]) -> Result<(), Failure> {
        let folder = self.out.join("renamed");
        std::fs::create_dir_all(&folder).map_err(|error| unreadable(&folder, &error))?;
        let (mut changed, mut renamed) = (Vec::new(), 0);
        for view in views {
            let text = std::fs::read_to_string(view).map_err(|error| unreadable(view, &error))?;
            renamed += text.matches(RENAMED.0).count();
            let copy = folder.join(view.file_name().unwrap_or_default());
            std::fs::write(&copy, text.replace(RENAMED.0, RENAMED.1))
                .map_err(|error| unreadable(&copy, &error))?;
            changed.push(copy);
        }
        let passes = output_of(&mut self.compiler(&self.look("AppUI"), &changed)?).is_some();
        if renamed == 0 || passes {
            println!("the view gate does not notice a renamed member of a store ({renamed} renamed)");
            return Err(Failure::Checks);
        }
        Ok(())
    }
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

/// How many names the stand-ins declare.
fn count(files: Vec<PathBuf>) -> Result<usize, Failure> {
    let mut symbols = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))?;
        symbols += text.lines().filter(|line| declares(line)).count();
    }
    Ok(symbols)
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
