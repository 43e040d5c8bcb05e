//! The folder of the guests' caches: one file for whoever is signed in, under a random name.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::cache::{Cache, Kept};
use super::error::StoreError;
use super::sqlite;
use crate::ports::Ids;

/// Holds the random id of the current cache and nothing else.
const INDEX: &str = "current";
const PREFIX: &str = "guest-";

/// Opens the cache of the guest who is signed in, or begins one. `owner` is any text that tells guests apart; what is
/// kept of it is a digest that differs from file to file. The caches of everybody else are removed.
pub(crate) async fn open(folder: &Path, owner: &str, ids: &dyn Ids) -> Result<(Cache, Kept), StoreError> {
    if let Some(id) = current(folder)? {
        match Cache::open(&file(folder, id), digest(id, owner)).await? {
            (cache, Some(kept)) => return Ok((cache, kept)),
            (cache, None) => remove(folder, &cache).await?,
        }
    }
    let id = ids.new_id();
    let (cache, kept) = Cache::open(&file(folder, id), digest(id, owner)).await?;
    // Before the index is there: where there is one, nobody else's cache is, and opening need not look.
    sweep(folder, Some(id))?;
    point_to(folder, id)?;
    Ok((cache, kept.ok_or(StoreError::Internal)?))
}

/// Whether somebody is signed in.
pub(crate) fn is_in_use(folder: &Path) -> Result<bool, StoreError> {
    Ok(current(folder)?.is_some())
}

/// Whether it is this guest who is signed in. Changes nothing.
pub(crate) fn is_of(folder: &Path, owner: &str) -> Result<bool, StoreError> {
    match current(folder)? {
        Some(id) => Cache::is_of(&file(folder, id), digest(id, owner)),
        None => Ok(false),
    }
}

/// Takes the cache out of use, overwrites and removes it. When it is interrupted, the next opening removes the rest.
pub(crate) async fn remove(folder: &Path, cache: &Cache) -> Result<(), StoreError> {
    sqlite::remove_if_there(&folder.join(INDEX))?;
    cache.wipe().await?;
    sweep(folder, None)
}

/// Overwrites and removes all that the folder keeps, whoever's it is; `false` when it keeps nothing.
pub(crate) async fn wipe(folder: &Path) -> Result<bool, StoreError> {
    if !sqlite::exists(folder)? {
        return Ok(false);
    }
    let id = current(folder)?;
    sqlite::remove_if_there(&folder.join(INDEX))?;
    if let Some(path) = id.map(|id| file(folder, id)) {
        match Cache::open(&path, Uuid::nil()).await {
            Ok((cache, _)) => cache.wipe().await?,
            // What cannot be opened cannot be overwritten; the sweep removes it all the same.
            Err(error) => tracing::warn!(%error, "the cache could not be overwritten before it was removed"),
        }
    }
    sweep(folder, None)?;
    Ok(id.is_some())
}

fn current(folder: &Path) -> Result<Option<Uuid>, StoreError> {
    match fs::read(folder.join(INDEX)) {
        // An index that holds no id leads nowhere; the sweep removes what it led to.
        Ok(bytes) => Ok(std::str::from_utf8(&bytes).ok().and_then(|text| text.trim().parse().ok())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn point_to(folder: &Path, id: Uuid) -> Result<(), StoreError> {
    let draft = folder.join("current.new");
    sqlite::remove_if_there(&draft)?;
    let mut file = sqlite::private_file(&draft)?;
    file.write_all(id.simple().to_string().as_bytes())?;
    file.sync_all()?;
    Ok(fs::rename(&draft, folder.join(INDEX))?)
}

/// Removes every cache but that of `id`: left over by a sign-out that was interrupted, or another guest's.
fn sweep(folder: &Path, id: Option<Uuid>) -> Result<(), StoreError> {
    let spared = id.map(|id| id.simple().to_string());
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(rest) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else { continue };
        if spared.as_deref().is_none_or(|spared| !rest.starts_with(spared)) {
            sqlite::remove_if_there(&entry.path())?;
        }
    }
    Ok(())
}

fn file(folder: &Path, id: Uuid) -> PathBuf {
    folder.join(format!("{PREFIX}{}.db", id.simple()))
}

/// The file's own id is the salt, so that equal guests look different in different files.
fn digest(id: Uuid, owner: &str) -> Uuid {
    Uuid::new_v5(&id, owner.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemIds;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !name.ends_with("-wal") && !name.ends_with("-shm"))
            .collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn a_guest_finds_their_own_cache_again() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path(), "+79123451234", &SystemIds).await.unwrap());
        let before = names(folder.path());
        assert_eq!(before.len(), 2, "an index and a cache: {before:?}");
        drop(open(folder.path(), "+79123451234", &SystemIds).await.unwrap());
        assert_eq!(names(folder.path()), before);
    }

    #[tokio::test]
    async fn another_guest_gets_another_cache_and_the_first_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path(), "+79123451234", &SystemIds).await.unwrap());
        let before = names(folder.path());
        drop(open(folder.path(), "+79990000000", &SystemIds).await.unwrap());
        let after = names(folder.path());
        assert_eq!(after.len(), 2);
        assert_ne!(after, before);
    }

    #[tokio::test]
    async fn looking_whose_a_cache_is_leaves_it_to_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_of(&folder.path().join("nowhere"), "a").unwrap());
        drop(open(folder.path(), "a", &SystemIds).await.unwrap());
        let before = names(folder.path());
        assert!(!is_of(folder.path(), "b").unwrap());
        assert!(is_of(folder.path(), "a").unwrap());
        assert_eq!(names(folder.path()), before);
    }

    #[tokio::test]
    async fn looking_whose_a_cache_is_neither_makes_nor_moves_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let (cache, _) = open(folder.path(), "a", &SystemIds).await.unwrap();
        cache.pause().await.unwrap();
        let before = names(folder.path());
        let database = folder.path().join(&before[1]);
        let foreign = {
            let path = folder.path().join("foreign");
            rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
            let bytes = fs::read(&path).unwrap();
            fs::remove_file(&path).unwrap();
            bytes
        };
        for content in [Vec::new(), b"not a database at all".repeat(300), foreign] {
            fs::write(&database, &content).unwrap();
            assert!(!is_of(folder.path(), "a").unwrap());
            assert_eq!(names(folder.path()), before);
            assert_eq!(fs::read(&database).unwrap(), content);
        }
        fs::remove_file(&database).unwrap();
        assert!(!is_of(folder.path(), "a").unwrap());
        assert_eq!(names(folder.path()), before[..1]);
    }

    #[tokio::test]
    async fn what_an_interrupted_sign_out_left_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path(), "a", &SystemIds).await.unwrap());
        let first = names(folder.path());
        // The index goes first, so this is a sign-out that was interrupted behind it.
        fs::remove_file(folder.path().join(INDEX)).unwrap();
        fs::write(folder.path().join(format!("{}.damaged", first[1])), "personal").unwrap();
        assert!(!is_in_use(folder.path()).unwrap());
        drop(open(folder.path(), "a", &SystemIds).await.unwrap());
        let after = names(folder.path());
        assert_eq!(after.len(), 2);
        assert!(!after.contains(&first[1]));
    }

    #[tokio::test]
    async fn what_an_interrupted_change_of_guests_left_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path(), "a", &SystemIds).await.unwrap());
        let first = names(folder.path());
        // A folder in the place of the damaged file cannot be removed as a file can.
        let obstacle = folder.path().join(format!("{}.damaged", first[1]));
        fs::create_dir(&obstacle).unwrap();
        assert!(open(folder.path(), "b", &SystemIds).await.is_err());
        fs::remove_dir(&obstacle).unwrap();
        fs::write(&obstacle, "personal").unwrap();
        drop(open(folder.path(), "b", &SystemIds).await.unwrap());
        assert_eq!(names(folder.path()).len(), 2, "an index and a cache");
        assert!(!obstacle.exists());
    }

    #[tokio::test]
    async fn signing_out_leaves_an_empty_folder() {
        let folder = tempfile::tempdir().unwrap();
        let (cache, _) = open(folder.path(), "a", &SystemIds).await.unwrap();
        assert!(is_in_use(folder.path()).unwrap());
        remove(folder.path(), &cache).await.unwrap();
        assert_eq!(names(folder.path()), Vec::<String>::new());
    }

    #[tokio::test]
    async fn wiping_needs_to_know_neither_guest_nor_state_and_spares_what_is_not_ours() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!wipe(&folder.path().join("nowhere")).await.unwrap());
        assert!(!wipe(folder.path()).await.unwrap());
        fs::write(folder.path().join("letter.txt"), "theirs").unwrap();
        for damage in [None, Some("not a database at all")] {
            let (cache, _) = open(folder.path(), "a", &SystemIds).await.unwrap();
            cache.pause().await.unwrap();
            let database = names(folder.path()).into_iter().find(|name| name.starts_with(PREFIX)).unwrap();
            if let Some(damage) = damage {
                fs::write(folder.path().join(&database), damage.repeat(300)).unwrap();
            }
            fs::write(folder.path().join("guest-of-an-earlier-time.db.damaged"), "personal").unwrap();
            assert!(wipe(folder.path()).await.unwrap());
            assert_eq!(names(folder.path()), ["letter.txt"]);
        }
    }

    #[tokio::test]
    async fn an_index_that_leads_nowhere_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        for content in ["", "rubbish", "\u{0}\u{1}"] {
            fs::write(folder.path().join(INDEX), content).unwrap();
            drop(open(folder.path(), "a", &SystemIds).await.unwrap());
            assert_eq!(names(folder.path()).len(), 2, "{content:?}");
            assert!(is_in_use(folder.path()).unwrap());
        }
    }

    #[tokio::test]
    async fn file_names_and_index_say_nothing_about_the_guest() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path(), "+79123451234", &SystemIds).await.unwrap());
        let index = fs::read_to_string(folder.path().join(INDEX)).unwrap();
        let all = names(folder.path()).join(" ") + &index;
        assert!(!all.contains("9123451234") && !all.contains("1234"), "{all}");
    }
}
