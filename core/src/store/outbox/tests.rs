//! The file under the outbox: what it keeps, what it forgets, and what becomes of it when it is damaged.

mod damage;

use std::fs;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::*;
use crate::domain::{
    AccountId, Bonus, CheckKey, ExternalCheck, GroupId, GroupOperation, LookTime, Money, OperationOutcome,
    Patience, Refill, Sighting, Write, WriteTarget,
};

const SERVER: &str = "https://probonus.example";
const SECRET_COMMENT: &str = "birthday of Anna Karenina";

struct Scene {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outbox.db");
        Self { _folder: folder, path }
    }

    async fn open(&self) -> Result<Outbox, StoreError> {
        Outbox::open(&self.path, SERVER).await
    }

    /// An outbox with these writes, closed again.
    async fn with(writes: Vec<Write>) -> Self {
        let scene = Self::new();
        let outbox = scene.open().await.unwrap();
        let placed = outbox.place(writes, at(0)).await.unwrap();
        assert!(placed.iter().all(|placed| *placed == Placed::New));
        outbox.close().await.unwrap();
        scene
    }
}

/// `second` of the test's day, by both clocks.
fn at(second: i64) -> Moment {
    let time = Timestamp::from_second(1_781_514_000 + second).unwrap();
    Moment { here: time, server: Some(time) }
}

fn refill(key: u128) -> Write {
    Write::Refill(Refill {
        account_id: AccountId(5),
        sum: Bonus::from_hundredths(700),
        comment: Some(SECRET_COMMENT.to_owned()),
        key: Uuid::from_u128(key),
    })
}

fn check(number: &str, key: u128) -> Write {
    Write::RegisterCheck(ExternalCheck {
        venue_code: 2,
        workplace: 1,
        external_check: number.to_owned(),
        account_id: AccountId(5),
        bonus_spent: Bonus::ZERO,
        discount: Money::ZERO,
        bonus_accrued: Bonus::from_hundredths(300),
        money_spent: Money::from_hundredths(10_000),
        data: Some("two soups".to_owned()),
        key: CheckKey(Uuid::from_u128(key)),
    })
}

/// As if the file had last been written to so many seconds after 1970: the machine's real clock is in no test.
fn last_written(path: &Path, second: u64) {
    let modified = std::time::UNIX_EPOCH + std::time::Duration::from_secs(second);
    fs::File::options().write(true).open(path).unwrap().set_modified(modified).unwrap();
}

async fn claim(outbox: &Outbox, key: u128) -> Option<Claimed> {
    outbox.claim(vec![Uuid::from_u128(key)], true, at(0)).await.unwrap().pop()
}

async fn answer(outbox: &Outbox, key: u128, attempt: u32, answer: Answer, second: i64) -> Option<WriteState> {
    let attempted = Attempted { key: Uuid::from_u128(key), attempt, answer };
    outbox.answer(attempted, Patience::USUAL, at(second)).await.unwrap()
}

fn yes() -> Answer {
    Answer::Accepted { outcome: OperationOutcome::default(), affected: None }
}

async fn state(outbox: &Outbox, key: u128) -> WriteState {
    outbox.record(Uuid::from_u128(key)).await.unwrap().unwrap().state
}

#[tokio::test]
async fn a_key_means_one_content_and_a_purchase_has_one_key() {
    let scene = Scene::new();
    let outbox = scene.open().await.unwrap();
    let writes = vec![check("A", 1), check("A", 1), check("B", 1), check("A", 2), check("B", 2)];
    let placed = outbox.place(writes, at(0)).await.unwrap();
    assert!(matches!(
        placed.as_slice(),
        [Placed::New, Placed::Known(_), Placed::KeyReused, Placed::PurchaseKnown, Placed::New]
    ));
}

#[tokio::test]
async fn a_write_is_claimed_once_and_writes_to_one_account_one_after_the_other() {
    let scene = Scene::with(vec![refill(1), refill(2)]).await;
    let (one, two) = (scene.open().await.unwrap(), scene.open().await.unwrap());
    assert!(claim(&one, 2).await.is_none(), "the first one has to go first");
    assert_eq!(claim(&one, 1).await.unwrap().attempt, 1);
    assert!(claim(&two, 1).await.is_none());
    assert!(claim(&two, 2).await.is_none(), "the first one is on its way");
    assert_eq!(answer(&one, 1, 1, Answer::Unknown, 1).await, Some(WriteState::Unknown));
    assert!(claim(&two, 2).await.is_some(), "what is unknown may stay so for weeks");
}

#[tokio::test]
async fn an_answer_to_another_attempt_changes_nothing() {
    let scene = Scene::with(vec![refill(1)]).await;
    let outbox = scene.open().await.unwrap();
    claim(&outbox, 1).await.unwrap();
    answer(&outbox, 1, 1, Answer::NotDone(SignedDuration::ZERO), 1).await;
    assert_eq!(claim(&outbox, 1).await.unwrap().attempt, 2);
    assert_eq!(answer(&outbox, 1, 1, yes(), 2).await, Some(WriteState::Sent));
    assert_eq!(answer(&outbox, 1, 2, yes(), 2).await, Some(WriteState::Accepted));
}

#[tokio::test]
async fn an_answer_counts_although_nobody_waited_for_it_any_more() {
    let scene = Scene::with(vec![refill(1)]).await;
    let outbox = scene.open().await.unwrap();
    claim(&outbox, 1).await.unwrap();
    outbox.abandon(vec![Uuid::from_u128(1)], at(1)).await.unwrap();
    assert_eq!(state(&outbox, 1).await, WriteState::Unknown);
    assert_eq!(answer(&outbox, 1, 1, yes(), 2).await, Some(WriteState::Accepted));
}

#[tokio::test]
async fn a_look_says_nothing_about_a_write_that_has_moved_on() {
    let scene = Scene::with(vec![refill(1)]).await;
    let outbox = scene.open().await.unwrap();
    claim(&outbox, 1).await.unwrap();
    answer(&outbox, 1, 1, Answer::Unknown, 1).await;
    let sought = outbox.sought(AccountId(5)).await.unwrap();
    assert!(outbox.resend(Uuid::from_u128(1)).await.unwrap());
    claim(&outbox, 1).await.unwrap();
    let time = LookTime { began: at(2).server, ended: at(2).server };
    let found = sought.into_iter().map(|sought| (sought, Sighting::Applied(1))).collect();
    outbox.conclude(Look { time, found }, Patience::USUAL, at(3)).await.unwrap();
    assert_eq!(state(&outbox, 1).await, WriteState::Sent);
}

#[tokio::test]
async fn a_no_to_a_second_attempt_leaves_the_first_in_doubt() {
    let scene = Scene::with(vec![refill(1)]).await;
    let outbox = scene.open().await.unwrap();
    claim(&outbox, 1).await.unwrap();
    answer(&outbox, 1, 1, Answer::Unknown, 1).await;
    assert!(outbox.resend(Uuid::from_u128(1)).await.unwrap());
    claim(&outbox, 1).await.unwrap();
    let no = crate::domain::Refusal {
        kind: crate::domain::RefusalKind::Conflict,
        code: crate::error_code::ErrorCode::AccountBlocked,
        field: None,
    };
    assert_eq!(answer(&outbox, 1, 2, Answer::Refused(no), 2).await, Some(WriteState::Unknown));
}

#[tokio::test]
async fn comments_and_check_data_are_in_no_file_once_a_write_is_settled() {
    let scene = Scene::with(vec![refill(1), check("A", 2)]).await;
    let holds = |text: &str| {
        let mut files = fs::read_dir(scene.path.parent().unwrap()).unwrap();
        files.any(|file| {
            let bytes = fs::read(file.unwrap().path()).unwrap();
            bytes.windows(text.len()).any(|window| window == text.as_bytes())
        })
    };
    assert!(holds(SECRET_COMMENT) && holds("two soups"), "the search finds what is there");
    let outbox = scene.open().await.unwrap();
    for (key, reply) in [(1, yes()), (2, yes())] {
        let attempt = claim(&outbox, key).await.unwrap().attempt;
        answer(&outbox, key, attempt, reply, 1).await;
    }
    // While it is open, because a program may run for months.
    outbox.empty_log().await.unwrap();
    assert!(!holds(SECRET_COMMENT) && !holds("two soups"));
}

#[tokio::test]
async fn a_settled_write_is_kept_for_400_days_by_both_clocks() {
    const DAY: i64 = 24 * 3600;
    let scene = Scene::with(vec![refill(1), refill(2)]).await;
    let outbox = scene.open().await.unwrap();
    claim(&outbox, 1).await.unwrap();
    answer(&outbox, 1, 1, yes(), 0).await;
    let jumped = Moment { here: at(500 * DAY).here, server: at(DAY).server };
    for moment in [at(399 * DAY), jumped] {
        outbox.expire(moment).await.unwrap();
        assert_eq!(outbox.records(WriteFilter::All, 10).await.unwrap().len(), 2);
    }
    outbox.expire(at(401 * DAY)).await.unwrap();
    let left = outbox.records(WriteFilter::All, 10).await.unwrap();
    assert_eq!(left.iter().map(|record| record.key).collect::<Vec<_>>(), [Uuid::from_u128(2)]);
}

#[tokio::test]
async fn a_duplicate_stays_until_a_person_has_dealt_with_it() {
    const LATER: i64 = 401 * 24 * 3600;
    let scene = Scene::with(vec![refill(1)]).await;
    let outbox = scene.open().await.unwrap();
    claim(&outbox, 1).await.unwrap();
    answer(&outbox, 1, 1, yes(), 1).await;
    let sought = outbox.sought(AccountId(5)).await.unwrap();
    let found = sought.into_iter().map(|sought| (sought, Sighting::Applied(2))).collect();
    let time = LookTime { began: at(2).server, ended: at(2).server };
    outbox.conclude(Look { time, found }, Patience::USUAL, at(2)).await.unwrap();
    outbox.expire(at(LATER)).await.unwrap();
    assert_eq!(state(&outbox, 1).await, WriteState::Duplicate);
    assert!(outbox.forget(Uuid::from_u128(1)).await.unwrap());
    outbox.expire(at(LATER)).await.unwrap();
    assert_eq!(outbox.record(Uuid::from_u128(1)).await.unwrap(), None);
}

#[tokio::test]
async fn forgetting_frees_the_key_only_of_what_was_certainly_not_applied() {
    let scene = Scene::with(vec![refill(1), check("A", 2)]).await;
    let outbox = scene.open().await.unwrap();
    claim(&outbox, 1).await.unwrap();
    answer(&outbox, 1, 1, Answer::Unknown, 1).await;
    for key in [1, 2] {
        assert!(outbox.forget(Uuid::from_u128(key)).await.unwrap());
    }
    let placed = outbox.place(vec![refill(1), check("A", 3)], at(2)).await.unwrap();
    let [Placed::Known(kept), Placed::New] = placed.as_slice() else { panic!("{placed:?}") };
    assert!(kept.closed && kept.state == WriteState::Unknown);
    assert!(outbox.waiting(None, None, 10).await.unwrap().iter().all(|(key, _)| *key != Uuid::from_u128(1)));
}

#[tokio::test]
async fn the_outbox_of_one_server_is_not_opened_for_another() {
    let scene = Scene::with(vec![refill(1)]).await;
    let other = Outbox::open(&scene.path, "https://test.example").await;
    assert_eq!(other.err(), Some(StoreError::Foreign));
    assert!(scene.open().await.is_ok());
}

#[tokio::test]
async fn a_clock_that_was_set_back_makes_no_lost_key_a_later_one() {
    const DAY: i64 = 24 * 3600;
    let made = |second: u64| Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, second, 0)).as_u128();
    let (told, written) = (1_781_514_000 + 3600, 2_000_000_000);
    for (latest, by_the_server) in [(told, true), (written, false)] {
        let scene = Scene::new();
        let outbox = scene.open().await.unwrap();
        outbox.place(vec![refill(1)], at(0)).await.unwrap();
        claim(&outbox, 1).await.unwrap();
        answer(&outbox, 1, 1, yes(), 3600).await;
        outbox.close().await.unwrap();
        // The row of a later write was on the page that is lost.
        last_written(&scene.path, if by_the_server { 0 } else { written });
        set_aside(&scene.path).unwrap();
        recover(&scene.path, SERVER, Moment { here: at(-DAY).here, server: None }).await.unwrap().unwrap();
        let outbox = scene.open().await.unwrap();
        let (lost, later, never) = (made(latest - 1), made(latest + 1), made(latest + 1_000));
        let here = Timestamp::from_second(i64::try_from(latest).unwrap() + 2).unwrap();
        let writes = vec![refill(lost), refill(later), refill(never)];
        outbox.place(writes, Moment { here, server: None }).await.unwrap();
        for doubtful in [lost, never] {
            assert_eq!(state(&outbox, doubtful).await, WriteState::Unknown, "{latest}");
        }
        assert_eq!(state(&outbox, later).await, WriteState::Prepared, "{latest}");
        assert!(outbox.knows_the_time().await.unwrap());
    }
}

#[tokio::test]
async fn what_is_handed_in_to_a_file_that_is_not_the_outbox_any_more_is_not_taken() {
    type Loss = fn(&Path);
    let losses: [(&str, Loss, StoreError); 3] = [
        ("set aside", |path| set_aside(path).unwrap(), StoreError::OutboxLost),
        ("removed", |path| fs::remove_file(path).unwrap(), StoreError::Closed),
        (
            "restored",
            |path| {
                fs::copy(path, path.with_extension("backup")).unwrap();
                fs::rename(path.with_extension("backup"), path).unwrap();
            },
            StoreError::Closed,
        ),
    ];
    for (name, lose, error) in losses {
        let scene = Scene::with(vec![refill(1)]).await;
        let outbox = scene.open().await.unwrap();
        lose(&scene.path);
        assert_eq!(outbox.place(vec![refill(2)], at(1)).await.err(), Some(error), "{name}");
        assert_eq!(outbox.claim(vec![Uuid::from_u128(1)], true, at(1)).await.err(), Some(error), "{name}");
        assert_eq!(outbox.record(Uuid::from_u128(2)).await, Ok(None), "{name}");
        assert_eq!(state(&outbox, 1).await, WriteState::Prepared, "{name}");
    }
}

#[tokio::test]
async fn a_look_that_was_under_way_does_not_bring_back_what_a_person_has_forgotten() {
    let scene = Scene::with(vec![refill(1), refill(2)]).await;
    let outbox = scene.open().await.unwrap();
    claim(&outbox, 1).await.unwrap();
    answer(&outbox, 1, 1, yes(), 1).await;
    claim(&outbox, 2).await.unwrap();
    answer(&outbox, 2, 1, Answer::Unknown, 1).await;
    let look = async |second, forget: bool| {
        let sought = outbox.sought(AccountId(5)).await.unwrap();
        if forget {
            assert!(outbox.forget(Uuid::from_u128(2)).await.unwrap());
        }
        let sight = |sought: &Sought| {
            let first = sought.trace.key == Uuid::from_u128(1);
            if first { Sighting::Applied(1) } else { Sighting::Absent }
        };
        let found =
            sought.into_iter().map(|sought| (sight(&sought), sought)).map(|(sight, sought)| (sought, sight));
        let time = LookTime { began: at(second).server, ended: at(second).server };
        outbox.conclude(Look { time, found: found.collect() }, Patience::USUAL, at(second)).await.unwrap();
    };
    // The first only starts the waiting; the third is the proof that it was not applied.
    for (second, forget) in [(2, false), (1_000, false), (2_000, true)] {
        look(second, forget).await;
    }
    let record = outbox.record(Uuid::from_u128(2)).await.unwrap().unwrap();
    assert!(record.closed && record.state == WriteState::Unknown, "{record:?}");
    assert_eq!(outbox.waiting(None, None, 10).await.unwrap(), []);
    outbox.expire(at(401 * 24 * 3600)).await.unwrap();
    assert_eq!(outbox.record(Uuid::from_u128(2)).await.unwrap(), None, "it expires as any other");
}

#[tokio::test]
async fn a_newer_outbox_is_left_alone() {
    let scene = Scene::with(vec![refill(1)]).await;
    let newer = Connection::open(&scene.path).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    drop(newer);
    assert!(matches!(scene.open().await.err(), Some(StoreError::Newer { found: 99, .. })));
    assert!(scene.path.exists() && !damaged_path(&scene.path).exists());
}

#[tokio::test]
async fn a_file_of_every_version_is_still_read() {
    let fixtures: [&[u8]; 2] = [
        include_bytes!("../../../tests/fixtures/outbox-v1.db"),
        include_bytes!("../../../tests/fixtures/outbox-v2.db"),
    ];
    assert_eq!(fixtures.len(), SCHEMA.versions.len());
    for fixture in fixtures {
        still_reads(fixture).await;
    }
}

async fn still_reads(fixture: &[u8]) {
    let scene = Scene::new();
    fs::write(&scene.path, fixture).unwrap();
    let outbox = scene.open().await.unwrap();
    let records = outbox.records(WriteFilter::All, 10).await.unwrap();
    let states: Vec<_> = records.iter().map(|record| record.state).collect();
    assert_eq!(states, [WriteState::Accepted, WriteState::Unknown, WriteState::Prepared]);
    let placed = outbox.place(vec![refill(1)], at(9)).await.unwrap();
    assert!(matches!(placed.as_slice(), [Placed::Known(_)]), "the hash is still the same");
    assert_eq!(
        outbox.waiting(None, None, 10).await.unwrap(),
        [(Uuid::from_u128(3), WriteTarget::Account(AccountId(5)))]
    );
}

#[tokio::test]
#[ignore = "writes the fixture of the newest version: run once by hand when a version is added"]
async fn write_the_fixture_of_the_newest_version() {
    let fixture =
        format!("{}/tests/fixtures/outbox-v{}.db", env!("CARGO_MANIFEST_DIR"), SCHEMA.versions.len());
    assert!(!fs::exists(&fixture).unwrap(), "a fixture is never overwritten");
    let scene = Scene::with(vec![refill(1), refill(2), check("A", 3)]).await;
    let outbox = scene.open().await.unwrap();
    for (key, reply) in [(1, yes()), (2, Answer::Unknown)] {
        let attempt = claim(&outbox, key).await.unwrap().attempt;
        answer(&outbox, key, attempt, reply, 1).await;
    }
    outbox.close().await.unwrap();
    fs::copy(&scene.path, fixture).unwrap();
}
