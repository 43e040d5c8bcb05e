//! A database file and what lies beside it: where, who may read it, and how it gets another name.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use crate::store::StoreError;

/// The file beside `path` that a damaged one is moved to.
pub(in crate::store) fn damaged_path(path: &Path) -> PathBuf {
    beside(path, ".damaged")
}

/// Moves a damaged file and its log beside, over those of an earlier time. Nothing may have it open in this process.
/// Repeating it after an interruption completes it.
pub(in crate::store) fn set_aside(path: &Path) -> Result<(), StoreError> {
    let aside = damaged_path(path);
    if exists(path)? {
        // An older log would be taken for this file's own.
        remove_if_there(&beside(&aside, "-wal"))?;
        fs::rename(path, &aside)?;
    }
    // The file goes first: without its log it would look sound and have forgotten its last commits.
    let log = beside(path, "-wal");
    if exists(&log)? {
        fs::rename(&log, beside(&aside, "-wal"))?;
    }
    remove_if_there(&beside(path, "-shm"))?;
    sync_folder(path)
}

/// Removes a database file with everything SQLite keeps beside it.
pub(in crate::store) fn remove(path: &Path) -> Result<(), StoreError> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        remove_if_there(&beside(path, suffix))?;
    }
    Ok(())
}

/// Whether there is a file. Unlike [`Path::exists`] it does not take "may not look" for "not there".
pub(in crate::store) fn exists(path: &Path) -> Result<bool, StoreError> {
    Ok(path.try_exists()?)
}

pub(in crate::store) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

pub(in crate::store) fn remove_if_there(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

pub(super) fn create_folder(path: &Path) -> Result<(), StoreError> {
    let Some(folder) = path.parent() else { return Ok(()) };
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    Ok(builder.create(folder)?)
}

/// Opens or creates a file that only its owner can read. SQLite gives the files beside it the same permissions.
pub(in crate::store) fn private_file(path: &Path) -> Result<File, StoreError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    Ok(options.open(path)?)
}

#[cfg(unix)]
pub(super) fn restrict(path: &Path, metadata: &fs::Metadata) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt;
    let mut permissions = metadata.permissions();
    if permissions.mode() & 0o077 != 0 {
        permissions.set_mode(0o600);
        fs::set_permissions(path, permissions)?;
    }
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn restrict(_path: &Path, _metadata: &fs::Metadata) -> Result<(), StoreError> {
    Ok(())
}

#[cfg(unix)]
pub(in crate::store) fn sync_folder(path: &Path) -> Result<(), StoreError> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => Ok(File::open(folder)?.sync_all()?),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
pub(in crate::store) fn sync_folder(_path: &Path) -> Result<(), StoreError> {
    Ok(())
}
