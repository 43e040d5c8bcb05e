//! Secrets in a file that only its owner can read: for servers and kiosks, where no person could unlock a keyring.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretSlice};
use zeroize::Zeroizing;

use crate::ports::{SecretStore, SecretStoreError};

/// No file of ours is longer.
const LONGEST: u64 = 1024 * 1024;

/// The secrets of one file: a JSON object of keys and their secrets in base64. They are not encrypted; what protects
/// them is that the file belongs to the user who reads it (or to root) and is closed to everybody else. A file that is
/// not so is refused, for reading as for writing, and left as it is.
///
/// A change is written beside and renamed, so a reader sees all of it or nothing; changes by several processes follow
/// each other. Reading needs no right to write. On systems without Unix permissions every call answers
/// [`SecretStoreError::Unavailable`].
///
/// ```no_run
/// use loyalty_core::ports::SecretStore;
/// use loyalty_core::system::CredentialFile;
///
/// let file = CredentialFile::at("/etc/loyalty/credentials.json");
/// let secret = file.get("some-key")?;
/// # Ok::<(), loyalty_core::ports::SecretStoreError>(())
/// ```
#[derive(Debug, Clone)]
pub struct CredentialFile {
    path: PathBuf,
}

impl CredentialFile {
    /// The secrets in the file at `path`; it is created, closed to others, by the first secret.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// The file's bytes; `None` when there is none.
    fn read(&self) -> Result<Option<Zeroizing<Vec<u8>>>, SecretStoreError> {
        let file = match File::open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(failed)?,
        };
        // Of the open file, not of the path: nobody can exchange it between the look and the reading.
        let metadata = file.metadata().map_err(failed)?;
        check_private(&metadata)?;
        if metadata.len() > LONGEST {
            return Err(SecretStoreError::Damaged);
        }
        // Room for all of it at once: a buffer that grows would leave copies behind.
        let room = usize::try_from(metadata.len()).unwrap_or(0).saturating_add(1);
        let mut bytes = Zeroizing::new(Vec::with_capacity(room));
        file.take(LONGEST).read_to_end(&mut bytes).map_err(failed)?;
        Ok(Some(bytes))
    }

    /// Replaces the file by one with another secret under `key`, or without one, while nobody else does.
    fn change(&self, key: &str, secret: Option<&str>) -> Result<(), SecretStoreError> {
        let lock = self.locked()?;
        let bytes = self.read()?.unwrap_or_default();
        let mut secrets = parse(&bytes)?;
        let before = match secret {
            Some(secret) => secrets.insert(key, secret),
            None => secrets.remove(key),
        };
        if before != secret {
            self.replace(&secrets)?;
        }
        drop(lock);
        Ok(())
    }

    fn replace(&self, secrets: &Secrets<'_>) -> Result<(), SecretStoreError> {
        let longest = secrets.iter().fold(2_usize, |sum, (key, secret)| {
            // Quotes, colon and comma; a key's letters may each become six when escaped.
            sum.saturating_add(key.len().saturating_mul(6)).saturating_add(secret.len()).saturating_add(8)
        });
        let mut bytes = Zeroizing::new(Vec::with_capacity(longest));
        serde_json::to_writer(&mut *bytes, secrets).map_err(|_| SecretStoreError::Failed)?;
        if u64::try_from(bytes.len()).map_or(true, |length| length > LONGEST) {
            return Err(SecretStoreError::Failed);
        }
        let draft = self.beside(".new");
        remove_if_there(&draft)?;
        let written =
            private(OpenOptions::new().write(true).create_new(true)).open(&draft).and_then(|mut file| {
                file.write_all(&bytes)?;
                file.sync_all()?;
                fs::rename(&draft, &self.path)?;
                File::open(self.folder())?.sync_all()
            });
        if written.is_err() {
            // The file itself is as it was; what was written of its successor must not stay.
            remove_if_there(&draft)?;
        }
        written.map_err(failed)
    }

    /// Waits until no other process changes the file. The lock goes with the returned handle.
    fn locked(&self) -> Result<File, SecretStoreError> {
        let mut folder = fs::DirBuilder::new();
        folder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        folder.create(self.folder()).map_err(failed)?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let lock = private(&mut options).open(self.beside(".lock")).map_err(failed)?;
        lock.lock().map_err(failed)?;
        Ok(lock)
    }

    fn folder(&self) -> &Path {
        self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = OsString::from(&self.path);
        name.push(suffix);
        name.into()
    }
}

impl SecretStore for CredentialFile {
    fn get(&self, key: &str) -> Result<Option<SecretSlice<u8>>, SecretStoreError> {
        let Some(bytes) = self.read()? else { return Ok(None) };
        let secrets = parse(&bytes)?;
        let Some(text) = secrets.get(key) else { return Ok(None) };
        let secret = STANDARD.decode(text).map_err(|_| SecretStoreError::Damaged)?;
        Ok(Some(secret.into()))
    }

    fn set(&self, key: &str, secret: &SecretSlice<u8>) -> Result<(), SecretStoreError> {
        let text = Zeroizing::new(STANDARD.encode(secret.expose_secret()));
        self.change(key, Some(&text))
    }

    fn delete(&self, key: &str) -> Result<(), SecretStoreError> {
        // A provisioned file that cannot be written has nothing to delete of a key that it does not hold.
        if self.get(key)?.is_none() {
            return Ok(());
        }
        self.change(key, None)
    }
}

/// Borrowed from the file's bytes, so that no copy has to be wiped. Neither our keys nor base64 are ever escaped.
type Secrets<'a> = BTreeMap<&'a str, &'a str>;

fn parse(bytes: &[u8]) -> Result<Secrets<'_>, SecretStoreError> {
    if bytes.is_empty() {
        return Ok(Secrets::new());
    }
    serde_json::from_slice(bytes).map_err(|_| SecretStoreError::Damaged)
}

/// Refuses what is no file, belongs to somebody else or is open to others.
#[cfg(unix)]
fn check_private(metadata: &Metadata) -> Result<(), SecretStoreError> {
    use std::os::unix::fs::MetadataExt;

    let ours = [rustix::process::geteuid().as_raw(), 0].contains(&metadata.uid());
    if metadata.is_file() && ours && metadata.mode() & 0o077 == 0 {
        Ok(())
    } else {
        Err(SecretStoreError::Exposed)
    }
}

#[cfg(not(unix))]
fn check_private(_: &Metadata) -> Result<(), SecretStoreError> {
    Err(SecretStoreError::Unavailable)
}

/// Created for its owner alone.
#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

fn remove_if_there(path: &Path) -> Result<(), SecretStoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(error)),
        _ => Ok(()),
    }
}

#[allow(clippy::needless_pass_by_value)] // Handed to `map_err`.
fn failed(error: io::Error) -> SecretStoreError {
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => SecretStoreError::Refused,
        _ => SecretStoreError::Failed,
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    fn secret(text: &str) -> SecretSlice<u8> {
        text.as_bytes().to_vec().into()
    }

    fn text(store: &CredentialFile, key: &str) -> Option<String> {
        let secret = store.get(key).unwrap()?;
        Some(String::from_utf8(secret.expose_secret().to_vec()).unwrap())
    }

    fn restrict(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn secrets_are_kept_replaced_and_removed() {
        let home = tempfile::tempdir().unwrap();
        let store = CredentialFile::at(home.path().join("not/there/yet.json"));
        assert_eq!(text(&store, "a"), None);
        store.delete("a").unwrap();
        store.set("a", &secret("one")).unwrap();
        store.set("b", &secret("\u{0}два")).unwrap();
        store.set("a", &secret("three")).unwrap();
        let again = CredentialFile::at(home.path().join("not/there/yet.json"));
        assert_eq!(text(&again, "a").as_deref(), Some("three"));
        assert_eq!(text(&again, "b").as_deref(), Some("\u{0}два"));
        store.delete("a").unwrap();
        assert_eq!((text(&again, "a"), text(&again, "b").is_some()), (None, true));
    }

    #[test]
    fn the_file_is_closed_to_everybody_else_and_nothing_readable_stands_beside_it() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("credentials.json");
        let store = CredentialFile::at(&path);
        store.set("a", &secret("one")).unwrap();
        store.set("a", &secret("two")).unwrap();
        let names: Vec<_> = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap()).collect();
        assert_eq!(names.len(), 2, "the file and its lock: {names:?}");
        for entry in names {
            assert_eq!(entry.metadata().unwrap().mode() & 0o777, 0o600, "{entry:?}");
        }
    }

    #[test]
    fn a_file_that_others_can_read_is_refused_and_left_as_it_is() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("credentials.json");
        let store = CredentialFile::at(&path);
        store.set("a", &secret("one")).unwrap();
        let before = fs::read(&path).unwrap();
        for mode in [0o640, 0o604, 0o620, 0o660, 0o601] {
            restrict(&path, mode);
            assert_eq!(store.get("a").unwrap_err(), SecretStoreError::Exposed, "{mode:o}");
            assert_eq!(store.set("a", &secret("two")), Err(SecretStoreError::Exposed), "{mode:o}");
            assert_eq!(store.delete("a"), Err(SecretStoreError::Exposed), "{mode:o}");
        }
        restrict(&path, 0o400);
        assert_eq!(text(&store, "a").as_deref(), Some("one"));
        assert_eq!(fs::read(&path).unwrap(), before);
    }

    #[test]
    fn a_file_of_another_user_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("credentials.json");
        let store = CredentialFile::at(&path);
        store.set("a", &secret("one")).unwrap();
        if !rustix::process::geteuid().is_root() {
            // Only root can give a file away, so there is nothing to look at for anybody else.
            return;
        }
        std::os::unix::fs::chown(&path, Some(65_534), None).unwrap();
        assert_eq!(store.get("a").unwrap_err(), SecretStoreError::Exposed);
    }

    #[test]
    fn what_we_did_not_write_is_damage_and_stays() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("credentials.json");
        let store = CredentialFile::at(&path);
        for content in ["nonsense", "[]", "{\"a\": 1}", "{\"a\": \"no base64!\"}"] {
            fs::write(&path, content).unwrap();
            restrict(&path, 0o600);
            assert_eq!(store.get("a").unwrap_err(), SecretStoreError::Damaged, "{content}");
        }
        fs::write(&path, "nonsense").unwrap();
        assert_eq!(store.set("a", &secret("one")), Err(SecretStoreError::Damaged));
        assert_eq!(fs::read_to_string(&path).unwrap(), "nonsense");
        fs::write(&path, vec![b' '; 1024 * 1024 + 1]).unwrap();
        assert_eq!(store.get("a").unwrap_err(), SecretStoreError::Damaged);
    }

    #[test]
    fn changes_from_many_sides_are_all_there_in_the_end() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("credentials.json");
        std::thread::scope(|scope| {
            for number in 0..8 {
                let path = &path;
                scope.spawn(move || {
                    CredentialFile::at(path).set(&format!("key-{number}"), &secret("one")).unwrap();
                });
            }
        });
        let store = CredentialFile::at(&path);
        for number in 0..8 {
            assert_eq!(text(&store, &format!("key-{number}")).as_deref(), Some("one"));
        }
    }

    #[test]
    fn what_an_interrupted_change_left_is_overwritten() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("credentials.json");
        fs::write(home.path().join("credentials.json.new"), "half a secret").unwrap();
        let store = CredentialFile::at(&path);
        store.set("a", &secret("one")).unwrap();
        assert_eq!(text(&store, "a").as_deref(), Some("one"));
        assert!(!home.path().join("credentials.json.new").exists());
    }
}
