//! Files in every state that a disk can leave them in.

use std::io::{Read, Seek, SeekFrom, Write};

use super::*;

const ONE: Schema = Schema {
    application_id: 0x4c59_7473,
    versions: &["CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"],
    tables: &["note"],
    synchronous: Synchronous::Full,
};

const TWO: Schema =
    Schema { versions: &[ONE.versions[0], "ALTER TABLE note ADD COLUMN colour TEXT;"], ..ONE };

const BROKEN: Schema = Schema {
    versions: &[ONE.versions[0], "CREATE TABLE other (id INTEGER) STRICT; CREATE TABLE note (id INTEGER);"],
    ..ONE
};

fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inner").join("notes.db");
    (folder, path)
}

async fn fill(database: &Database, rows: usize) -> Result<(), StoreError> {
    database
        .write(move |connection| {
            let transaction = connection.transaction()?;
            for n in 0..rows {
                transaction.execute("INSERT INTO note (text) VALUES (?1)", [format!("{n:0>500}")])?;
            }
            Ok(transaction.commit()?)
        })
        .await
}

async fn count(database: &Database) -> Result<i64, StoreError> {
    database
        .read(|connection| Ok(connection.query_row("SELECT count(*) FROM note", [], |row| row.get(0))?))
        .await
}

/// A file with 200 rows, closed.
async fn filled(path: &Path) {
    let database = Database::open(path, &ONE).await.unwrap();
    fill(&database, 200).await.unwrap();
    database.pause().await.unwrap();
}

fn overwrite(path: &Path, at: u64, bytes: &[u8]) {
    let mut file = fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(bytes).unwrap();
}

async fn error_of_opening(path: &Path, schema: &'static Schema) -> StoreError {
    Database::open(path, schema).await.map(|_| ()).unwrap_err()
}

#[tokio::test]
async fn a_reader_sees_what_was_written_before_it_asked() {
    let (_folder, path) = place();
    let database = Database::open(&path, &ONE).await.unwrap();
    for round in 1..=20_i64 {
        fill(&database, 1).await.unwrap();
        assert_eq!(count(&database).await, Ok(round));
    }
}

#[tokio::test]
async fn a_second_reader_is_opened_only_while_the_first_is_at_work() {
    fn marked(connection: &mut Connection) -> Result<bool, StoreError> {
        Ok(connection.query_row("SELECT count(*) FROM temp.sqlite_master", [], |row| row.get(0))?)
    }
    let (_folder, path) = place();
    let database = Database::open(&path, &ONE).await.unwrap();
    let mark = |connection: &mut Connection| Ok(connection.execute_batch("CREATE TEMP TABLE mark (id)")?);
    database.read(mark).await.unwrap();
    for _ in 0..5 {
        assert_eq!(database.read(marked).await, Ok(true));
    }
    let beside = database.clone();
    let runtime = tokio::runtime::Handle::current();
    let both = database.read(move |first| {
        let second = std::thread::spawn(move || runtime.block_on(beside.read(marked)));
        Ok((marked(first)?, second.join().unwrap()?))
    });
    assert_eq!(both.await, Ok((true, false)));
}

#[tokio::test]
async fn a_reading_connection_cannot_write() {
    let (_folder, path) = place();
    let database = Database::open(&path, &ONE).await.unwrap();
    let outcome =
        database.read(|connection| Ok(connection.execute("INSERT INTO note (text) VALUES ('x')", [])?)).await;
    assert_eq!(outcome, Err(StoreError::ReadOnly));
}

fn settings(connection: &Connection, names: &[&'static str]) -> Vec<(&'static str, i64)> {
    names.iter().map(|name| (*name, pragma::<i64>(connection, name).unwrap())).collect()
}

#[tokio::test]
async fn the_settings_are_those_we_ask_for() {
    let (_folder, path) = place();
    let reading = [("trusted_schema", 0), ("cell_size_check", 1), ("temp_store", 2)];
    let changing = [("foreign_keys", 1), ("secure_delete", 1)];
    let logging = [("wal_autocheckpoint", 200), ("journal_size_limit", 1 << 20), ("auto_vacuum", 2)];
    fn check(connection: &Connection, expected: &[(&'static str, i64)]) -> Result<(), StoreError> {
        let names: Vec<_> = expected.iter().map(|(name, _)| *name).collect();
        assert_eq!(settings(connection, &names), expected);
        assert!(connection.db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE)?);
        Ok(())
    }
    const LAZY: Schema = Schema { synchronous: Synchronous::Normal, ..ONE };
    // Twice: the file that is created, and the one that is there.
    for (schema, synchronous) in [(&ONE, 2), (&LAZY, 1), (&ONE, 2)] {
        let database = Database::open(&path, schema).await.unwrap();
        let expected = [&reading[..], &changing, &logging, &[("synchronous", synchronous)]].concat();
        let job = move |connection: &mut Connection| {
            check(connection, &expected)?;
            pragma::<String>(connection, "journal_mode")
        };
        assert_eq!(database.write(job).await.unwrap(), "wal");
        database.read(move |connection| check(connection, &reading)).await.unwrap();
    }
    let database = Database::in_memory(&ONE).await.unwrap();
    let expected = [&reading[..], &changing].concat();
    database.write(move |connection| check(connection, &expected)).await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_the_files_or_the_folder() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = place();
    let database = Database::open(&path, &ONE).await.unwrap();
    fill(&database, 1).await.unwrap();
    let folder = path.parent().unwrap();
    assert_eq!(fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
    let names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(names.len(), 3, "file, log and shared memory, and nothing left from creating them: {names:?}");
    for name in names {
        assert_eq!(fs::metadata(&name).unwrap().permissions().mode() & 0o777, 0o600, "{name:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_others_could_read_is_closed_to_them() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = place();
    filled(&path).await;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let _database = Database::open(&path, &ONE).await.unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn an_older_file_is_brought_up_to_date_and_keeps_its_rows() {
    let (_folder, path) = place();
    filled(&path).await;
    let database = Database::open(&path, &TWO).await.unwrap();
    assert_eq!(count(&database).await, Ok(200));
    let version = database.read(|connection| pragma::<i32>(connection, "user_version")).await;
    assert_eq!(version, Ok(2));
    database.write(|connection| Ok(connection.execute("UPDATE note SET colour = 'red'", [])?)).await.unwrap();
}

#[tokio::test]
async fn a_migration_that_fails_leaves_the_older_version_whole() {
    let (_folder, path) = place();
    filled(&path).await;
    assert_eq!(error_of_opening(&path, &BROKEN).await, StoreError::Internal);
    let database = Database::open(&path, &ONE).await.unwrap();
    assert_eq!(count(&database).await, Ok(200));
    let others = database
        .read(|connection| {
            let sql = "SELECT count(*) FROM sqlite_schema WHERE name = 'other'";
            Ok(connection.query_row(sql, [], |row| row.get::<_, i64>(0))?)
        })
        .await;
    assert_eq!(others, Ok(0));
}

#[tokio::test]
async fn a_newer_file_is_refused_and_left_as_it_is() {
    let (_folder, path) = place();
    drop(Database::open(&path, &TWO).await.unwrap());
    assert_eq!(error_of_opening(&path, &ONE).await, StoreError::Newer { found: 2, known: 1 });
    assert!(Database::open(&path, &TWO).await.is_ok());
}

#[tokio::test]
async fn somebody_elses_database_is_refused_and_left_as_it_is() {
    let (_folder, path) = place();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let theirs = Connection::open(&path).unwrap();
    theirs.execute_batch("CREATE TABLE precious (x); INSERT INTO precious VALUES (1);").unwrap();
    drop(theirs);
    let before = fs::read(&path).unwrap();
    assert_eq!(error_of_opening(&path, &ONE).await, StoreError::Foreign);
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_damaged() {
    let (_folder, path) = place();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, "a shopping list\n".repeat(1000)).unwrap();
    assert_eq!(error_of_opening(&path, &ONE).await, StoreError::Damaged);
}

#[tokio::test]
async fn an_empty_file_is_damaged_and_not_new() {
    let (_folder, path) = place();
    filled(&path).await;
    fs::write(&path, "").unwrap();
    assert_eq!(error_of_opening(&path, &ONE).await, StoreError::Damaged);
}

#[tokio::test]
async fn a_truncated_file_is_damaged() {
    let (_folder, path) = place();
    filled(&path).await;
    let length = fs::metadata(&path).unwrap().len();
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(length / 2).unwrap();
    assert_eq!(error_of_opening(&path, &ONE).await, StoreError::Damaged);
}

#[tokio::test]
async fn a_flipped_bit_in_the_header_is_damage() {
    let (_folder, path) = place();
    filled(&path).await;
    overwrite(&path, 0, b"s");
    assert_eq!(error_of_opening(&path, &ONE).await, StoreError::Damaged);
}

#[tokio::test]
async fn damage_behind_the_schema_is_found_by_the_check_and_by_the_read_that_meets_it() {
    let (_folder, path) = place();
    filled(&path).await;
    let mut bytes = Vec::new();
    fs::File::open(&path).unwrap().read_to_end(&mut bytes).unwrap();
    // Every page but the first, whose schema is read at opening.
    for page in (4096..bytes.len() as u64).step_by(4096) {
        overwrite(&path, page, &[0xff; 64]);
    }
    let database = Database::open(&path, &ONE).await.unwrap();
    assert_eq!(database.quick_check().await, Err(StoreError::Damaged));
    assert_eq!(count(&database).await, Err(StoreError::Damaged));
}

#[tokio::test]
async fn a_sound_file_passes_the_check() {
    let (_folder, path) = place();
    filled(&path).await;
    let database = Database::open(&path, &ONE).await.unwrap();
    assert_eq!(database.quick_check().await, Ok(()));
}

#[tokio::test]
async fn a_full_disk_is_told_apart_and_harms_nothing() {
    let (_folder, path) = place();
    filled(&path).await;
    let database = Database::open(&path, &ONE).await.unwrap();
    let limit = |pages: i64| {
        let database = database.clone();
        async move { database.write(move |c| Ok(c.pragma_update(None, "max_page_count", pages)?)).await }
    };
    // SQLite meets the limit in the same place as a disk without space.
    limit(40).await.unwrap();
    assert_eq!(fill(&database, 1000).await, Err(StoreError::Full));
    assert_eq!(count(&database).await, Ok(200));
    limit(1_000_000).await.unwrap();
    assert_eq!(fill(&database, 1000).await, Ok(()));
    assert_eq!(count(&database).await, Ok(1200));
}

#[tokio::test]
async fn a_paused_file_answers_that_it_is_closed_until_it_is_resumed() {
    let (_folder, path) = place();
    let database = Database::open(&path, &ONE).await.unwrap();
    fill(&database, 3).await.unwrap();
    database.pause().await.unwrap();
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "the log is emptied into the file");
    assert_eq!(count(&database).await, Err(StoreError::Closed));
    assert_eq!(fill(&database, 1).await, Err(StoreError::Closed));
    database.resume().await.unwrap();
    assert_eq!(count(&database).await, Ok(3));
}

#[tokio::test]
async fn work_that_was_handed_over_is_done_although_nobody_waits_for_it() {
    let (_folder, path) = place();
    let database = Database::open(&path, &ONE).await.unwrap();
    {
        let mut filling = Box::pin(fill(&database, 50));
        assert!(futures_poll_once(&mut filling).await.is_none());
    }
    fill(&database, 1).await.unwrap();
    assert_eq!(count(&database).await, Ok(51));
}

/// Polls once, so that the job is handed over, and gives the answer if it was there already.
async fn futures_poll_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    std::future::poll_fn(|context| {
        std::task::Poll::Ready(match std::pin::Pin::new(&mut *future).poll(context) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        })
    })
    .await
}

#[tokio::test]
async fn processes_that_create_the_file_at_once_share_it() {
    let (_folder, path) = place();
    let openings = (0..8).map(|_| {
        let path = path.clone();
        tokio::spawn(async move {
            let database = Database::open(&path, &ONE).await.unwrap();
            fill(&database, 10).await.unwrap();
        })
    });
    for opening in openings.collect::<Vec<_>>() {
        opening.await.unwrap();
    }
    let database = Database::open(&path, &ONE).await.unwrap();
    assert_eq!(count(&database).await, Ok(80));
}

#[tokio::test]
async fn a_damaged_file_is_kept_beside_with_its_log() {
    let (_folder, path) = place();
    filled(&path).await;
    let before = fs::read(&path).unwrap();
    fs::write(beside(&path, "-wal"), "log").unwrap();
    fs::write(beside(&damaged_path(&path), "-wal"), "an older log").unwrap();
    set_aside(&path).unwrap();
    assert!(!path.exists());
    assert_eq!(fs::read(damaged_path(&path)).unwrap(), before);
    assert_eq!(fs::read(beside(&damaged_path(&path), "-wal")).unwrap(), b"log");
    // A second time, as after an interruption, loses nothing.
    set_aside(&path).unwrap();
    assert_eq!(fs::read(damaged_path(&path)).unwrap(), before);
}

#[tokio::test]
async fn a_database_in_memory_makes_no_file() {
    let (folder, _path) = place();
    let database = Database::in_memory(&ONE).await.unwrap();
    fill(&database, 200).await.unwrap();
    assert_eq!(count(&database).await, Ok(200));
    assert_eq!(database.path(), None);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_cannot_be_written_is_told_apart() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, _path) = place();
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o500)).unwrap();
    // The superuser may write everywhere but where the kernel itself makes the files.
    let closed =
        if fs::write(closed.join("probe"), "").is_ok() { PathBuf::from("/sys/kernel") } else { closed };
    assert_eq!(error_of_opening(&closed.join("notes.db"), &ONE).await, StoreError::ReadOnly);
}
