//! A session's tokens in files of the user's own.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use loyalty_core::ports::{SecretStore, SecretStoreError};
use secrecy::{ExposeSecret, SecretSlice};

/// No secret is longer.
const LONGEST: u64 = 64 * 1024;

/// Secrets in a folder that other users cannot look into, a file a secret.
#[derive(Debug, Clone)]
pub(crate) struct CredentialFolder {
    folder: PathBuf,
}

/// Holds other processes off a folder until it is dropped.
#[derive(Debug)]
pub(crate) struct FolderLock(#[allow(dead_code, reason = "held for as long as it lives")] File);

impl CredentialFolder {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Waits until no other process works with the folder: two that renew one session would renew against each other.
    pub(crate) fn lock(&self) -> Result<FolderLock, SecretStoreError> {
        self.create()?;
        let lock = open(OpenOptions::new().create(true).truncate(false), &self.folder.join("lock"))?;
        lock.lock().map_err(|error| refusal(&error))?;
        Ok(FolderLock(lock))
    }

    fn create(&self) -> Result<(), SecretStoreError> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.folder).map_err(|error| refusal(&error))
    }

    /// Keys are ours: they name a file and nothing else.
    fn path(&self, key: &str) -> Result<PathBuf, SecretStoreError> {
        let is_name = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if key.is_empty() || !is_name {
            return Err(SecretStoreError::Unavailable);
        }
        Ok(self.folder.join(key))
    }
}

impl SecretStore for CredentialFolder {
    fn get(&self, key: &str) -> Result<Option<SecretSlice<u8>>, SecretStoreError> {
        let file = match File::open(self.path(key)?) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(refusal(&error)),
        };
        let metadata = file.metadata().map_err(|error| refusal(&error))?;
        if !metadata.is_file() || metadata.len() > LONGEST {
            return Err(SecretStoreError::Damaged);
        }
        refuse_shared(&metadata)?;
        let mut secret = Vec::new();
        file.take(LONGEST).read_to_end(&mut secret).map_err(|error| refusal(&error))?;
        Ok(Some(secret.into()))
    }

    /// Written beside the old one and put in its place as a whole: a power cut leaves one of the two.
    fn set(&self, key: &str, secret: &SecretSlice<u8>) -> Result<(), SecretStoreError> {
        self.create()?;
        let path = self.path(key)?;
        let beside = path.with_extension("new");
        // What a crash has left there; its mode could be another's.
        remove(&beside)?;
        let mut file = open(OpenOptions::new().create_new(true), &beside)?;
        let written = file.write_all(secret.expose_secret()).and_then(|()| file.sync_all());
        let placed = written.and_then(|()| fs::rename(&beside, &path));
        placed.and_then(|()| sync_folder(&self.folder)).map_err(|error| refusal(&error))
    }

    fn delete(&self, key: &str) -> Result<(), SecretStoreError> {
        remove(&self.path(key)?)
    }
}

fn open(options: &mut OpenOptions, path: &Path) -> Result<File, SecretStoreError> {
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path).map_err(|error| refusal(&error))
}

fn remove(path: &Path) -> Result<(), SecretStoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(refusal(&error)),
        _ => Ok(()),
    }
}

/// A file that others can read is no secret any more.
#[cfg(unix)]
fn refuse_shared(metadata: &fs::Metadata) -> Result<(), SecretStoreError> {
    let mode = std::os::unix::fs::MetadataExt::mode(metadata);
    if mode & 0o077 == 0 { Ok(()) } else { Err(SecretStoreError::Refused) }
}

#[cfg(not(unix))]
fn refuse_shared(_: &fs::Metadata) -> Result<(), SecretStoreError> {
    Ok(())
}

/// A new name is on disk only when its folder is.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> std::io::Result<()> {
    Ok(())
}

fn refusal(error: &std::io::Error) -> SecretStoreError {
    match error.kind() {
        ErrorKind::PermissionDenied => SecretStoreError::Refused,
        _ => SecretStoreError::Unavailable,
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn secret(text: &str) -> SecretSlice<u8> {
        text.as_bytes().to_vec().into()
    }

    fn read(store: &CredentialFolder) -> Option<Vec<u8>> {
        store.get("a-key").unwrap().map(|secret| secret.expose_secret().to_vec())
    }

    #[test]
    fn a_secret_is_kept_replaced_and_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let store = CredentialFolder::new(folder.path().join("deep/loyalty"));
        assert_eq!(read(&store), None);
        store.delete("a-key").unwrap();
        for text in ["one", "another"] {
            store.set("a-key", &secret(text)).unwrap();
            assert_eq!(read(&store).unwrap(), text.as_bytes());
        }
        store.delete("a-key").unwrap();
        assert_eq!(read(&store), None);
    }

    #[test]
    fn nobody_else_can_read_what_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let store = CredentialFolder::new(folder.path().join("loyalty"));
        store.set("a-key", &secret("one")).unwrap();
        let path = folder.path().join("loyalty/a-key");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&folder.path().join("loyalty"))), (0o600, 0o700));
        // Opened up by somebody, it is not believed; written again, it is closed again.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(store.get("a-key").unwrap_err(), SecretStoreError::Refused);
        store.set("a-key", &secret("two")).unwrap();
        assert_eq!(mode(&path), 0o600);
    }

    #[test]
    fn what_a_crash_has_left_is_in_nobodys_way() {
        let folder = tempfile::tempdir().unwrap();
        let store = CredentialFolder::new(folder.path().to_owned());
        fs::write(folder.path().join("a-key.new"), "half").unwrap();
        store.set("a-key", &secret("whole")).unwrap();
        assert_eq!(read(&store).unwrap(), b"whole");
    }

    #[test]
    fn a_key_leads_nowhere_else() {
        let store = CredentialFolder::new(std::env::temp_dir());
        for key in ["", "..", "a/b", "../a", "a\\b", "a.b"] {
            assert_eq!(store.get(key).unwrap_err(), SecretStoreError::Unavailable, "{key}");
        }
    }
}
