//! What a damaged outbox lets nobody do, what is found of it, and how it is recovered.

use super::*;

#[tokio::test]
async fn a_damaged_outbox_takes_no_write_until_a_person_has_decided() {
    type Damage = fn(&Path);
    let damages: [(&str, Damage); 4] = [
        ("empty", |path| fs::write(path, b"").unwrap()),
        ("cut", |path| fs::OpenOptions::new().write(true).open(path).unwrap().set_len(3 * 4096).unwrap()),
        ("no database", |path| fs::write(path, b"not a database at all, by any reading").unwrap()),
        ("header", |path| {
            let mut bytes = fs::read(path).unwrap();
            bytes[..100].fill(0xff);
            fs::write(path, bytes).unwrap();
        }),
    ];
    for (name, damage) in damages {
        let scene = Scene::with(vec![refill(1), refill(2), check("A", 3)]).await;
        damage(&scene.path);
        for _ in 0..2 {
            assert_eq!(first_use(&scene).await, Some(StoreError::OutboxLost), "{name}");
        }
        assert!(damaged_path(&scene.path).exists(), "{name}: the damaged file is kept");
        assert!(examine(&scene.path).unwrap().is_some(), "{name}");
        assert_eq!(first_use(&scene).await, Some(StoreError::OutboxLost), "{name}: looking decides nothing");
        recover(&scene.path, SERVER, at(5)).await.unwrap().unwrap();
        let outbox = scene.open().await.unwrap();
        // The same file of purchases is imported again: what was lost is looked for before it is sent.
        outbox.place(vec![check("A", 3)], at(6)).await.unwrap();
        assert_eq!(state(&outbox, 3).await, WriteState::Unknown, "{name}");
        assert!(scene.path.with_extension("db.recovered").exists(), "{name}");
        assert_eq!(examine(&scene.path).unwrap(), None, "{name}");
    }
}

/// Opens the outbox and reads all of it, as the first write and the list do.
async fn first_use(scene: &Scene) -> Option<StoreError> {
    match scene.open().await {
        Err(error) => Some(error),
        Ok(outbox) => outbox.records(WriteFilter::All, 10).await.err(),
    }
}

/// One byte of the content of the check's row: its hash does not fit any more.
fn alter_the_check(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let place = bytes.windows(9).position(|window| window == b"two soups").unwrap();
    bytes[place] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn an_answer_is_kept_although_what_leaves_next_cannot_be_read() {
    let scene = Scene::with(vec![refill(1), check("A", 3)]).await;
    alter_the_check(&scene.path);
    let outbox = scene.open().await.unwrap();
    claim(&outbox, 1).await.unwrap();
    let attempted = Attempted { key: Uuid::from_u128(1), attempt: 1, answer: yes() };
    let next = (vec![Uuid::from_u128(3)], true);
    let (state, claimed) = outbox.answer_and_claim(attempted, Patience::USUAL, next, at(1)).await.unwrap();
    assert_eq!((state, claimed.err()), (Some(WriteState::Accepted), Some(StoreError::OutboxLost)));
    drop(outbox);
    let salvage = recover(&scene.path, SERVER, at(5)).await.unwrap().unwrap();
    assert_eq!((salvage.settled, salvage.unreadable), (1, 1));
    assert_eq!(self::state(&scene.open().await.unwrap(), 1).await, WriteState::Accepted);
}

#[tokio::test]
async fn what_can_be_read_is_recovered_settled_or_as_unknown() {
    let scene = Scene::with(vec![refill(1), refill(2), check("A", 3)]).await;
    let outbox = scene.open().await.unwrap();
    claim(&outbox, 1).await.unwrap();
    answer(&outbox, 1, 1, yes(), 1).await;
    outbox.close().await.unwrap();
    alter_the_check(&scene.path);
    let outbox = scene.open().await.unwrap();
    for key in [2, 3] {
        if let Ok(mut claimed) = outbox.claim(vec![Uuid::from_u128(key)], true, at(1)).await {
            let attempt = claimed.pop().unwrap().attempt;
            answer(&outbox, key, attempt, Answer::NotDone(SignedDuration::ZERO), 2).await;
            outbox.forget(Uuid::from_u128(key)).await.unwrap();
        }
    }
    assert_eq!(outbox.record(Uuid::from_u128(1)).await, Err(StoreError::OutboxLost), "found by the claim");
    drop(outbox);
    let salvage = examine(&scene.path).unwrap().unwrap();
    assert_eq!((salvage.settled, salvage.unsettled.len(), salvage.unreadable), (1, 0, 1));
    recover(&scene.path, SERVER, at(5)).await.unwrap().unwrap();
    let outbox = scene.open().await.unwrap();
    assert_eq!(state(&outbox, 1).await, WriteState::Accepted);
    assert_eq!(outbox.records(WriteFilter::All, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn recovered_rows_that_were_not_settled_are_unknown_and_new_keys_are_not() {
    let scene = Scene::with(vec![refill(1), refill(2)]).await;
    last_written(&scene.path, 0);
    set_aside(&scene.path).unwrap();
    let salvage = recover(&scene.path, SERVER, at(5)).await.unwrap().unwrap();
    assert_eq!((salvage.settled, salvage.unsettled.len(), salvage.unreadable), (0, 2, 0));
    let outbox = scene.open().await.unwrap();
    assert_eq!(state(&outbox, 1).await, WriteState::Unknown);
    let later = Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, 1_781_514_010, 0));
    let earlier = Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, 1_781_514_000, 0));
    let writes = [later, earlier].map(|key| refill(key.as_u128()));
    outbox.place(writes.into(), at(20)).await.unwrap();
    assert_eq!(state(&outbox, later.as_u128()).await, WriteState::Prepared);
    assert_eq!(state(&outbox, earlier.as_u128()).await, WriteState::Unknown);
    let sought = outbox.sought(AccountId(5)).await.unwrap();
    let oldest = sought.iter().map(|sought| sought.from).min().unwrap();
    assert!(oldest < at(-399 * 24 * 3600).here, "as far back as rows were kept");
}

#[tokio::test]
async fn an_interrupted_recovery_is_begun_again() {
    let scene = Scene::with(vec![refill(1)]).await;
    set_aside(&scene.path).unwrap();
    // As if it had ended just before the damaged file got its new name.
    fs::copy(damaged_path(&scene.path), &scene.path).unwrap();
    assert_eq!(scene.open().await.err(), Some(StoreError::OutboxLost));
    assert_eq!(recover(&scene.path, SERVER, at(5)).await.unwrap().unwrap().unsettled.len(), 1);
    assert_eq!(state(&scene.open().await.unwrap(), 1).await, WriteState::Unknown);
}

#[tokio::test]
async fn nobody_recovers_or_reads_what_is_damaged_while_somebody_sends_or_recovers() {
    let scene = Scene::with(vec![refill(1)]).await;
    set_aside(&scene.path).unwrap();
    let _sender = SendLock::try_take(&scene.path).unwrap().unwrap();
    assert_eq!(recover(&scene.path, SERVER, at(5)).await.err(), Some(StoreError::Busy));
    assert_eq!(examine(&scene.path).err(), Some(StoreError::Busy));
}

#[tokio::test]
async fn what_looks_have_shown_of_an_older_attempt_does_not_outlive_a_recovery() {
    let scene = Scene::with(vec![refill(1)]).await;
    let file = rusqlite::Connection::open(&scene.path).unwrap();
    let long_ago = at(-3_600).here.as_millisecond();
    file.execute(
        "UPDATE writes SET state = 'unknown', attempts = 1, after_attempt = ?1, first_look = ?1",
        [long_ago],
    )
    .unwrap();
    drop(file);
    set_aside(&scene.path).unwrap();
    recover(&scene.path, SERVER, at(5)).await.unwrap().unwrap();
    let file = rusqlite::Connection::open(&scene.path).unwrap();
    let count = "SELECT count(*) FROM writes WHERE after_attempt IS NULL AND first_look IS NULL";
    assert_eq!(file.query_row(count, [], |row| row.get::<_, i64>(0)), Ok(1));
}

#[tokio::test]
async fn recovering_from_a_copy_keeps_the_outbox_that_was_at_work() {
    let scene = Scene::with(vec![refill(1), refill(2)]).await;
    for (number, kept) in [(1, "db.before-recovery"), (2, "db.before-recovery-2")] {
        let copy = Scene::with(vec![refill(3)]).await;
        fs::copy(&copy.path, damaged_path(&scene.path)).unwrap();
        let before = fs::read(&scene.path).unwrap();
        recover(&scene.path, SERVER, at(5)).await.unwrap().unwrap();
        assert!(fs::read(scene.path.with_extension(kept)).unwrap() == before, "{number}");
    }
}

#[tokio::test]
async fn an_outbox_that_does_not_say_any_more_whose_it_is_belongs_to_who_recovers_it() {
    let scene = Scene::with(vec![refill(1)]).await;
    Connection::open(&scene.path).unwrap().execute("DELETE FROM outbox", []).unwrap();
    set_aside(&scene.path).unwrap();
    recover(&scene.path, SERVER, at(5)).await.unwrap().unwrap();
    let other = Outbox::open(&scene.path, "https://test.example").await;
    assert_eq!(other.err(), Some(StoreError::Foreign));
    assert_eq!(state(&scene.open().await.unwrap(), 1).await, WriteState::Unknown);
}

#[tokio::test]
async fn the_outbox_of_one_server_is_not_recovered_for_another() {
    let scene = Scene::with(vec![refill(1)]).await;
    set_aside(&scene.path).unwrap();
    let other = recover(&scene.path, "https://test.example", at(5)).await;
    assert_eq!(other.err(), Some(StoreError::Foreign));
    recover(&scene.path, SERVER, at(5)).await.unwrap().unwrap();
}

/// A group operation on three accounts.
fn group() -> (GroupOperation, Expansion) {
    let (sum, key) = (Bonus::from_hundredths(100), Uuid::from_u128(9));
    let operation = GroupOperation { group_id: GroupId(3), sum, comment: None, key };
    let part = |account| {
        let account_id = AccountId(account);
        let key = part_key(&operation, account_id);
        Write::Refill(Refill { account_id, sum, comment: None, key })
    };
    let parts = (1..=3).map(part).collect();
    (operation.clone(), Expansion { whole: Write::RefillGroup(operation), parts })
}

#[tokio::test]
async fn parts_of_a_group_operation_that_damage_took_are_told_for_as_long_as_they_are_missing() {
    let (operation, expansion) = group();
    let scene = Scene::new();
    let outbox = scene.open().await.unwrap();
    assert!(outbox.place_group(expansion, at(0)).await.unwrap());
    // What a person takes back before it is sent is not lost.
    assert!(outbox.forget(part_key(&operation, AccountId(1))).await.unwrap());
    assert_eq!(outbox.lost_parts(operation.key).await.unwrap(), 0);
    outbox.close().await.unwrap();
    let lost = part_key(&operation, AccountId(2));
    let file = Connection::open(&scene.path).unwrap();
    file.execute("DELETE FROM writes WHERE key = ?1", [lost.as_bytes()]).unwrap();
    drop(file);
    set_aside(&scene.path).unwrap();
    let told = vec![LostParts { key: operation.key, lost: 1 }];
    assert_eq!(examine(&scene.path).unwrap().unwrap().lost_parts, told);
    assert_eq!(recover(&scene.path, SERVER, at(5)).await.unwrap().unwrap().lost_parts, told);
    let outbox = scene.open().await.unwrap();
    assert!(outbox.place_group(group().1, at(6)).await.unwrap());
    assert_eq!(outbox.lost_parts(operation.key).await.unwrap(), 1);
    assert_eq!(outbox.record(lost).await.unwrap(), None, "nothing is sent to it by itself");
}

#[tokio::test]
async fn a_group_operation_whose_own_row_is_lost_finds_its_parts_again() {
    let (_, expansion) = group();
    let scene = Scene::new();
    let outbox = scene.open().await.unwrap();
    outbox.place_group(expansion, at(0)).await.unwrap();
    outbox.close().await.unwrap();
    let file = Connection::open(&scene.path).unwrap();
    file.pragma_update(None, "foreign_keys", false).unwrap();
    file.execute("DELETE FROM group_operations", []).unwrap();
    drop(file);
    set_aside(&scene.path).unwrap();
    recover(&scene.path, SERVER, at(5)).await.unwrap().unwrap();
    let outbox = scene.open().await.unwrap();
    let sum = Bonus::from_hundredths(1);
    let (operation, mut other) = group();
    other.whole = Write::RefillGroup(GroupOperation { sum, ..operation.clone() });
    for part in &mut other.parts {
        let Write::Refill(refill) = part else { unreachable!() };
        refill.sum = sum;
    }
    assert!(!outbox.place_group(other, at(6)).await.unwrap(), "a key means one thing");
    assert_eq!(outbox.records(WriteFilter::Group(operation.key), 10).await.unwrap().len(), 0);
    assert!(outbox.place_group(group().1, at(6)).await.unwrap());
    assert_eq!(outbox.records(WriteFilter::Group(operation.key), 10).await.unwrap().len(), 3);
    assert_eq!(outbox.lost_parts(operation.key).await.unwrap(), 0);
}
