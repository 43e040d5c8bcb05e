//! What can happen to the files of a device.

use std::fs;
use std::path::{Path, PathBuf};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

use super::scenario::Damage;

/// The size of a page in every file of ours.
const PAGE: usize = 4096;
/// Where in its first page a database says whose it is.
const APPLICATION_ID: std::ops::Range<usize> = 68..72;

/// The files of a folder, by name.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The kinds of the files in a folder, without what SQLite keeps beside an open one.
pub(super) fn kinds(folder: &Path) -> Vec<&'static str> {
    let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    let kind = |name: &str| match name {
        "current" => "index",
        name if name.ends_with(".db") => "cache",
        name if name.ends_with(".db.damaged") => "damaged cache",
        _ => "other",
    };
    let beside = |name: &String| name.ends_with("-wal") || name.ends_with("-shm");
    let mut kinds: Vec<_> =
        files(folder).iter().map(name).filter(|name| !beside(name)).map(|name| kind(&name)).collect();
    kinds.sort_unstable();
    kinds
}

/// Which of `texts` stand in the name or in the bytes of any file.
pub(super) fn search(folder: &Path, texts: &[String]) -> Value {
    let contents: Vec<_> = files(folder)
        .into_iter()
        .map(|path| [path.as_os_str().as_encoded_bytes(), b"\n", &fs::read(&path).unwrap()].concat())
        .collect();
    let holds = |text: &&String| {
        contents.iter().any(|bytes| bytes.windows(text.len()).any(|part| part == text.as_bytes()))
    };
    json!({"found": texts.iter().filter(holds).collect::<Vec<_>>()})
}

/// Damages the cache, which nobody has open.
pub(super) fn damage(folder: &Path, how: Damage) {
    let cache = files(folder).into_iter().find(|path| path.extension().is_some_and(|end| end == "db"));
    let path = cache.expect("there is a cache");
    let mut bytes = fs::read(&path).unwrap();
    match how {
        Damage::FlippedBytes => {
            for page in bytes.chunks_mut(PAGE).skip(1) {
                page.iter_mut().take(100).for_each(|byte| *byte = !*byte);
            }
        }
        Damage::Truncated => bytes.truncate(bytes.len() / 2),
        Damage::Empty => bytes.clear(),
        Damage::NotADatabase => bytes = b"This is a letter.\n".repeat(1000),
        Damage::AnotherProgram => bytes[APPLICATION_ID].fill(7),
    }
    fs::write(path, bytes).unwrap();
}

/// While it lives the system takes no byte from this process into any file, as on a disk whose quota is used up.
pub(super) struct NoSpace {
    before: Rlimit,
    /// With a handler the signal that comes with each refusal ends nobody.
    _signal: tokio::signal::unix::Signal,
}

impl NoSpace {
    pub(super) fn begin() -> Self {
        const SIGXFSZ: i32 = 25;
        let handled = signal(SignalKind::from_raw(SIGXFSZ)).unwrap();
        let before = getrlimit(Resource::Fsize);
        setrlimit(Resource::Fsize, Rlimit { current: Some(0), maximum: before.maximum }).unwrap();
        Self { before, _signal: handled }
    }
}

impl Drop for NoSpace {
    fn drop(&mut self) {
        setrlimit(Resource::Fsize, self.before).unwrap();
    }
}
