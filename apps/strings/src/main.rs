//! Writes the words and the brand of the shells as Kotlin and Swift: `loyalty-words APPS_FOLDER OUTPUT_FOLDER`.
//!
//! The output is one Kotlin source folder (`kotlin/`), one Swift package (`swift/`), and what only the systems read
//! (`apple/`, `android/res/`). Files that would not change are left alone, so that the builds that read them do not start
//! anew.

mod android;
mod apple;
mod brand;
mod kotlin;
mod swift;
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use brand::Brand;
use table::{Shape, Table};

/// Why nothing, or not everything, was written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The program was started wrongly.
    #[error("usage: loyalty-words APPS_FOLDER OUTPUT_FOLDER")]
    Usage,
    /// A file cannot be read or written.
    #[error("{}: {cause}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why not.
        cause: std::io::Error,
    },
    /// A file is there and is not what it should be.
    #[error("{}: {what}", path.display())]
    Content {
        /// Which one.
        path: PathBuf,
        /// What is wrong with it, and where.
        what: String,
    },
}

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let outcome = match arguments.as_slice() {
        [apps, output] => write_all(apps, output),
        _ => Err(Error::Usage),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("loyalty-words: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write_all(apps: &Path, output: &Path) -> Result<(), Error> {
    let russian = Table::read(&apps.join("strings/ru.toml"))?;
    let english = Table::read(&apps.join("strings/en.toml"))?;
    let shape = Shape::of([&russian, &english]);
    let venue = Brand::read(&apps.join("brand/brand.toml"))?;
    let samples = [
        Brand::read(&apps.join("brand/samples/taiga.toml"))?,
        Brand::read(&apps.join("brand/samples/lantern.toml"))?,
    ];

    let kotlin = output.join("kotlin/app/loyalty/words");
    write(&kotlin.join("Words.kt"), &kotlin::interface(&shape))?;
    write(&kotlin.join("Russian.kt"), &kotlin::language(&russian, "Russian", "RU"))?;
    write(&kotlin.join("English.kt"), &kotlin::language(&english, "English", "EN"))?;
    write(&kotlin.join("Plural.kt"), kotlin::PLURAL)?;
    write(&kotlin.join("Brand.kt"), &kotlin::brands(&venue, &samples))?;

    let swift = output.join("swift");
    write(&swift.join("Package.swift"), swift::PACKAGE)?;
    let sources = swift.join("Sources/Words");
    write(&sources.join("Words.swift"), &swift::interface(&shape))?;
    write(&sources.join("Russian.swift"), &swift::language(&russian, "Russian", "ru"))?;
    write(&sources.join("English.swift"), &swift::language(&english, "English", "en"))?;
    write(&sources.join("Plural.swift"), swift::PLURAL)?;
    write(&sources.join("Brand.swift"), &swift::brands(&venue, &samples))?;

    let apple = output.join("apple");
    for (path, bytes) in apple::files(&russian, &english, &venue)? {
        write(&apple.join(path), &bytes)?;
    }
    let android = output.join("android/res");
    for (path, text) in android::files(&russian, &english, &venue)? {
        write(&android.join(path), &text)?;
    }
    Ok(())
}

fn write(path: &Path, content: &(impl AsRef<[u8]> + ?Sized)) -> Result<(), Error> {
    let failed = |cause| Error::File { path: path.to_owned(), cause };
    if std::fs::read(path).is_ok_and(|there| there == content.as_ref()) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(path, content).map_err(failed)
}

#[cfg(test)]
mod tests;
