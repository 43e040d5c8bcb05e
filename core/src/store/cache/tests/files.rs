//! A cache's file: wiped, damaged, full, of another version.

use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};

use super::*;

/// Every file below a folder with its bytes.
fn bytes_below(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), fs::read(&path).unwrap()))
        .collect()
}

fn finds(files: &[(PathBuf, Vec<u8>)], needle: &str) -> bool {
    files.iter().any(|(_, bytes)| bytes.windows(needle.len()).any(|part| part == needle.as_bytes()))
}

#[tokio::test]
async fn a_wiped_cache_leaves_no_personal_byte_in_its_files_before_they_are_removed() {
    let place = place();
    let cache = open(&place).await;
    let rows: Vec<_> = (1..=300).map(|id| row(id, "2026-11-02T00:00:00Z", id)).collect();
    cache.replace(fresh(0, november(rows[..200].to_vec()))).await.unwrap();
    cache.replace(fresh(0, november(rows[100..].to_vec()))).await.unwrap();
    cache.keep_receipt(receipt_of(250), cache.replacements()).await.unwrap();
    cache.prune(at("2020-01-01T00:00:00Z"), 250).await.unwrap();
    let personal = [
        NAME,
        "Сидорова",
        "a.sidorova@example.com",
        "CARD-00777",
        "DESSERT",
        "с днём рождения",
        "Борщ",
        "Погребок",
    ];
    let held = bytes_below(place.folder.path());
    for needle in personal {
        assert!(finds(&held, needle), "the search must be able to find {needle}");
    }
    for needle in ["9123451234", "912 345-12-34", PHONE] {
        assert!(!finds(&held, needle), "the full phone is never written");
    }
    cache.erase().await.unwrap();
    let erased = bytes_below(place.folder.path());
    assert!(!erased.is_empty());
    for needle in personal {
        assert!(!finds(&erased, needle), "{needle} is still there");
    }
    cache.wipe().await.unwrap();
    assert_eq!(bytes_below(place.folder.path()), []);
}

#[tokio::test]
async fn a_wiped_cache_takes_nothing_more() {
    for cache in [open(&place()).await, in_memory().await] {
        cache.wipe().await.unwrap();
        let late = cache.replace(fresh(0, november(Vec::new()))).await;
        assert_eq!(late, Err(StoreError::Closed));
    }
}

#[tokio::test]
async fn a_damaged_cache_is_set_aside_at_opening_and_one_earlier_is_replaced() {
    let place = place();
    open(&place).await.replace(fresh(100, november(Vec::new()))).await.unwrap();
    for content in ["first", "second"] {
        fs::write(&place.path, content.repeat(2000)).unwrap();
        let cache = open(&place).await;
        assert_eq!(cache.load().await.unwrap().snapshot, None);
        let aside = fs::read(sqlite::damaged_path(&place.path)).unwrap();
        assert!(aside.starts_with(content.as_bytes()));
    }
}

#[tokio::test]
async fn a_database_of_another_program_is_kept_beside_whole_and_the_cache_begins_anew() {
    let place = place();
    let cache = open(&place).await;
    cache.replace(fresh(100, november(Vec::new()))).await.unwrap();
    cache.pause().await.unwrap();
    fs::remove_file(&place.path).unwrap();
    let theirs = Connection::open(&place.path).unwrap();
    theirs.execute_batch("CREATE TABLE recipe (name TEXT); INSERT INTO recipe VALUES ('Солянка');").unwrap();
    drop(theirs);
    let bytes = fs::read(&place.path).unwrap();
    cache.resume().await.unwrap();
    assert_eq!(cache.load().await.unwrap().snapshot, None);
    cache.replace(fresh(100, november(Vec::new()))).await.unwrap();
    assert_eq!(fs::read(sqlite::damaged_path(&place.path)).unwrap(), bytes);
    cache.pause().await.unwrap();
    fs::copy(sqlite::damaged_path(&place.path), &place.path).unwrap();
    let cache = open(&place).await;
    assert_eq!(cache.load().await.unwrap().snapshot, None);
    assert_eq!(fs::read(sqlite::damaged_path(&place.path)).unwrap(), bytes);
}

#[tokio::test]
async fn damage_that_a_call_meets_is_told_once_and_then_the_cache_is_new() {
    let place = place();
    let cache = open(&place).await;
    let rows = (1..=2000).map(|id| row(id, "2026-11-02T00:00:00Z", 1)).collect();
    cache.replace(fresh(100, november(rows))).await.unwrap();
    cache.pause().await.unwrap();
    let length = fs::metadata(&place.path).unwrap().len();
    let mut file = OpenOptions::new().write(true).open(&place.path).unwrap();
    for page in (16..length / 4096).map(|page| page * 4096) {
        file.seek(SeekFrom::Start(page)).unwrap();
        file.write_all(&[0xff; 128]).unwrap();
    }
    cache.resume().await.unwrap();
    let calls = [cache.page(None, 5000), cache.page(None, 5000), cache.page(None, 5000)];
    let outcomes = futures_all(calls).await;
    assert!(outcomes.contains(&Err(StoreError::Damaged)));
    assert_eq!(cache.rebuilt.load(Ordering::Acquire), 1, "it is set aside once, however many meet it");
    assert_eq!(cache.load().await.unwrap().snapshot, None);
    cache.replace(fresh(100, november(Vec::new()))).await.unwrap();
    assert_eq!(cache.quick_check().await, Ok(()));
    assert!(sqlite::damaged_path(&place.path).exists());
}

#[tokio::test]
async fn a_cache_that_was_damaged_while_it_was_closed_is_begun_anew_when_it_is_resumed() {
    for content in ["", "not a database at all"] {
        let place = place();
        let cache = open(&place).await;
        cache.replace(fresh(100, november(Vec::new()))).await.unwrap();
        cache.pause().await.unwrap();
        fs::write(&place.path, content.repeat(1000)).unwrap();
        assert_eq!(cache.resume().await, Ok(()));
        assert_eq!(cache.load().await.unwrap().snapshot, None);
        cache.replace(fresh(100, november(Vec::new()))).await.unwrap();
        assert!(sqlite::damaged_path(&place.path).exists());
    }
}

async fn futures_all<T, F: Future<Output = T>>(futures: [F; 3]) -> [T; 3] {
    let [one, two, three] = futures;
    let (one, two, three) = tokio::join!(one, two, three);
    [one, two, three]
}

#[tokio::test]
async fn a_full_disk_keeps_the_snapshot_that_was_there() {
    let place = place();
    let cache = open(&place).await;
    let before = cache.replace(fresh(100, november(Vec::new()))).await.unwrap();
    cache.fill_the_disk().await;
    let rows = (1..=2000).map(|id| row(id, "2026-11-02T00:00:00Z", 1)).collect();
    assert_eq!(cache.replace(fresh(200, november(rows))).await, Err(StoreError::Full));
    assert_eq!(cache.load().await.unwrap(), before);
}

#[tokio::test]
async fn a_cache_of_a_newer_version_is_read_anew() {
    let place = place();
    let cache = open(&place).await;
    cache.replace(fresh(100, november(Vec::new()))).await.unwrap();
    cache.database.write(|c| Ok(c.pragma_update(None, "user_version", 999)?)).await.unwrap();
    drop(cache);
    let cache = open(&place).await;
    assert_eq!(cache.load().await.unwrap().snapshot, None);
    assert!(!sqlite::damaged_path(&place.path).exists());
}

fn fixture(version: usize) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/cache-v{version}.db"))
}

/// What every fixture was filled with.
fn fixture_content() -> (Fresh, Receipt) {
    let rows = vec![row(1, "2026-11-20T18:00:00.123456Z", 500), row(2, "2026-11-21T18:00:00Z", -200)];
    (fresh(123_450, november(rows)), receipt_of(1))
}

#[tokio::test]
async fn a_file_of_every_version_opens_with_all_that_it_held() {
    let (content, receipt) = fixture_content();
    let expected = {
        let cache = in_memory().await;
        cache.replace(content).await.unwrap()
    };
    for version in 1..=SCHEMA.versions.len() {
        let place = place();
        fs::copy(fixture(version), &place.path).unwrap();
        let cache = open(&place).await;
        assert_eq!(cache.load().await.unwrap(), expected, "version {version}");
        assert_eq!(cache.receipt(&receipt.reference).await.unwrap().as_ref(), Some(&receipt));
        let schema = |cache: Cache| async move {
            let sql = "SELECT coalesce(group_concat(sql, ';'), '') FROM (SELECT sql FROM sqlite_schema ORDER BY name)";
            cache
                .database
                .read(move |c| Ok(c.query_row(sql, [], |row| row.get::<_, String>(0))?))
                .await
                .unwrap()
        };
        assert_eq!(schema(cache).await, schema(in_memory().await).await, "version {version}");
    }
}

#[tokio::test]
#[ignore = "writes the fixture of the newest version: run once by hand when a version is added"]
async fn write_the_fixture_of_the_newest_version() {
    let path = fixture(SCHEMA.versions.len());
    assert!(!path.exists(), "a fixture is never overwritten");
    let (cache, _) = Cache::open(&path, Uuid::from_u128(1)).await.unwrap();
    let (content, receipt) = fixture_content();
    cache.replace(content).await.unwrap();
    cache.keep_receipt(receipt, cache.replacements()).await.unwrap();
    cache.pause().await.unwrap();
}
