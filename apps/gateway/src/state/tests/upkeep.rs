use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use loyalty_core::domain::{AccountId, Consent, ConsentKind};
use loyalty_postgres::Cluster;
use uuid::Uuid;

use crate::options::MasterKey;

use super::{Fixture, GONE, NOON, hash, on_both, phone, session};
use crate::state::{
    CodeHash, ConsentRow, Database, DeletionRow, IssuedTillCode, LimitKey, NewSnapshot, Presented, State,
    StateError, Value, Window,
};

on_both! {
    what_has_had_its_time_is_thrown_away_and_proof_is_not
    a_budget_is_spent_once_and_back_the_next_day
    a_lock_is_held_by_one_at_a_time_among_all_instances
    a_transaction_that_fails_leaves_nothing
    a_work_that_panics_leaves_the_state_usable
    what_was_written_is_there_after_opening_again
    a_schema_of_a_newer_version_is_refused
    an_operators_command_makes_and_changes_no_tables
    another_master_key_is_noticed_and_takes_the_place_of_the_first_only_when_told_to
}

const TABLES: [&str; 10] = [
    "limit_hits",
    "budgets",
    "sign_in_codes",
    "sessions",
    "tokens",
    "till_codes",
    "devices",
    "consents",
    "deletions",
    "snapshots",
];

/// One row at least in every table.
async fn fill(state: &State) {
    let end = NOON + SignedDuration::from_mins(5);
    let window = Window { key: LimitKey([1; 16]), most: 9, within: Duration::from_secs(60) };
    state.take(vec![window], NOON).await.unwrap().unwrap();
    assert!(state.spend("codes", 9, NOON).await.unwrap());
    let code = CodeHash([1; 32]);
    state.keep_code(Vec::new(), code, code, 5, NOON, end).await.unwrap().unwrap();
    state.open_session(session(1, 1), NOON).await.unwrap();
    let issued = IssuedTillCode { code, phone: phone(1), account: AccountId(1), expires_at: end };
    state.keep_till_code(session(1, 1).id, issued).await.unwrap();
    state.add_device(Uuid::from_u128(5), "зал".into(), hash(50), NOON).await.unwrap();
    assert!(state.revoke_device(Uuid::from_u128(5), NOON).await.unwrap());
    for (id, account) in [(1, Some(AccountId(1))), (2, None)] {
        let consent = Consent {
            kind: ConsentKind::PersonalData,
            text_version: "2025-09".into(),
            given_at: NOON,
            withdrawn_at: None,
        };
        let guest = if account.is_some() { 1 } else { 2 };
        let row = ConsentRow {
            phone: phone(guest),
            account,
            address: String::new(),
            withdrawn_address: None,
            consent,
        };
        state.give_consent(Uuid::from_u128(id), GONE, row).await.unwrap().unwrap();
    }
    let deletion =
        DeletionRow { phone: phone(3), account: None, requested_at: NOON, last_requested_at: NOON };
    state.request_deletion(deletion, String::new()).await.unwrap();
    let body = || b"{}".to_vec();
    let snapshot = NewSnapshot {
        account: AccountId(1),
        as_of: NOON,
        guest_body: body(),
        guest_etag: String::new(),
        kiosk_body: body(),
        kiosk_etag: String::new(),
    };
    state.keep_snapshot(snapshot, NOON).await.unwrap();
}

async fn counts(fixture: &Fixture) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in TABLES {
        counts.push(fixture.count(table).await);
    }
    counts
}

async fn what_has_had_its_time_is_thrown_away_and_proof_is_not(fixture: Fixture) {
    let state = &fixture.state;
    fill(state).await;
    let full = counts(&fixture).await;
    assert_eq!(full, [1, 1, 1, 1, 2, 1, 1, 2, 1, 1], "{TABLES:?}");
    state.prune(NOON).await.unwrap();
    assert_eq!(counts(&fixture).await, full, "nothing has had its time yet");
    let after = |hours| NOON + SignedDuration::from_hours(hours);
    state.prune(after(1)).await.unwrap();
    // The code, the till code, and the access token.
    assert_eq!(counts(&fixture).await, [1, 1, 0, 1, 1, 0, 1, 2, 1, 1]);
    state.prune(after(25)).await.unwrap();
    assert_eq!(counts(&fixture).await, [0, 0, 0, 1, 1, 0, 1, 2, 1, 0]);
    state.prune(after(91 * 24)).await.unwrap();
    assert_eq!(counts(&fixture).await, [0, 0, 0, 0, 0, 0, 1, 1, 1, 0], "the unused consent goes");
    state.prune(after(2 * 366 * 24)).await.unwrap();
    assert_eq!(counts(&fixture).await, [0, 0, 0, 0, 0, 0, 0, 1, 1, 0]);
    state.prune(after(40 * 366 * 24)).await.unwrap();
    assert_eq!(counts(&fixture).await, [0, 0, 0, 0, 0, 0, 0, 1, 0, 0], "a consent in force has no end");
}

async fn a_budget_is_spent_once_and_back_the_next_day(fixture: Fixture) {
    let neighbour = fixture.neighbour().await;
    let spent = (0..30).map(|n| {
        let state = if n % 2 == 0 { fixture.state.clone() } else { neighbour.clone() };
        tokio::spawn(async move { state.spend("codes", 7, NOON).await.unwrap() })
    });
    let mut granted = 0;
    for one in spent.collect::<Vec<_>>() {
        granted += u32::from(one.await.unwrap());
    }
    assert_eq!(granted, 7);
    assert!(fixture.state.spend("codes", 7, NOON + SignedDuration::from_hours(24)).await.unwrap());
    assert!(!fixture.state.spend("others", 0, NOON).await.unwrap());
}

async fn a_lock_is_held_by_one_at_a_time_among_all_instances(fixture: Fixture) {
    let neighbour = fixture.neighbour().await;
    let inside = Arc::new(AtomicU32::new(0));
    let most = Arc::new(AtomicU32::new(0));
    let turns = (0..10).map(|n| {
        let state = if n % 2 == 0 { fixture.state.clone() } else { neighbour.clone() };
        let (inside, most) = (Arc::clone(&inside), Arc::clone(&most));
        tokio::spawn(async move {
            let _lock = state.lock("registration of a phone").await.unwrap();
            most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(5)).await;
            inside.fetch_sub(1, Ordering::SeqCst);
        })
    });
    let other = fixture.state.lock("registration of another phone").await.unwrap();
    for one in turns.collect::<Vec<_>>() {
        one.await.unwrap();
    }
    drop(other);
    assert_eq!(most.load(Ordering::SeqCst), 1);
}

async fn a_transaction_that_fails_leaves_nothing(fixture: Fixture) {
    let failed = fixture.state.write(|tx| -> Result<(), _> {
        let insert = "INSERT INTO budgets (name, day, used) VALUES ('x', 1, 1)";
        assert_eq!(tx.run(insert, &[]).unwrap(), 1);
        tx.run("INSERT INTO no_such_table VALUES (1)", &[])?;
        Ok(())
    });
    let error = failed.await.unwrap_err();
    assert!(matches!(error, StateError::Unavailable(_)), "{error}");
    assert_eq!(fixture.count("budgets").await, 0);
}

async fn a_work_that_panics_leaves_the_state_usable(fixture: Fixture) {
    for _ in 0..20 {
        let stopped = fixture.state.write(|tx| -> Result<(), StateError> {
            tx.run("INSERT INTO budgets (name, day, used) VALUES ('x', 1, 1)", &[])?;
            panic!("as a mistake of ours would");
        });
        assert!(stopped.await.is_err());
    }
    assert_eq!(fixture.count("budgets").await, 0);
    fill(&fixture.state).await;
}

async fn what_was_written_is_there_after_opening_again(fixture: Fixture) {
    fill(&fixture.state).await;
    let Fixture { state, database, _folder } = fixture;
    drop(state);
    let state = State::open(&database).await.unwrap();
    assert!(state.session(Presented::Access, hash(2), NOON).await.unwrap().is_some());
}

async fn a_schema_of_a_newer_version_is_refused(fixture: Fixture) {
    let Fixture { state, database, _folder } = fixture;
    let newer = match &database {
        Database::Sqlite(_) => "PRAGMA user_version = 99",
        Database::Postgres { .. } => "INSERT INTO schema_step (number) VALUES (99)",
    };
    state.write(move |tx| tx.run(newer, &[])).await.unwrap();
    drop(state);
    let error = State::open(&database).await.unwrap_err();
    assert_eq!(error, StateError::Newer { found: 99, known: 1 });
}

async fn an_operators_command_makes_and_changes_no_tables(fixture: Fixture) {
    let Fixture { state, database, _folder } = fixture;
    let older = match &database {
        Database::Sqlite(_) => "PRAGMA user_version = 0",
        Database::Postgres { .. } => "DELETE FROM schema_step",
    };
    state.write(move |tx| tx.run(older, &[])).await.unwrap();
    drop(state);
    let error = State::open_beside(&database).await.unwrap_err();
    assert_eq!(error, StateError::Older { found: 0, known: 1 });
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operators_command_in_the_wrong_folder_finds_no_database_and_leaves_none_there() {
    let folder = tempfile::TempDir::new().unwrap();
    let database = Database::Sqlite(folder.path().join("gateway.db"));
    assert_eq!(State::open_beside(&database).await.unwrap_err(), StateError::Absent);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

async fn another_master_key_is_noticed_and_takes_the_place_of_the_first_only_when_told_to(fixture: Fixture) {
    let neighbour = fixture.neighbour().await;
    let key = |byte| MasterKey::new(vec![byte; 32]).unwrap();
    fixture.state.accept_key(&key(1)).await.unwrap();
    neighbour.accept_key(&key(1)).await.unwrap();
    fill(&fixture.state).await;
    assert_eq!(neighbour.accept_key(&key(2)).await, Err(StateError::OtherKey));
    neighbour.accept_key(&key(1)).await.unwrap();
    neighbour.add_device(Uuid::from_u128(6), "бар".into(), hash(60), NOON).await.unwrap();
    neighbour.replace_key(&key(2), NOON).await.unwrap();
    fixture.state.accept_key(&key(2)).await.unwrap();
    assert_eq!(fixture.state.accept_key(&key(1)).await, Err(StateError::OtherKey));
    // Nothing is left that the first key made; what guests have said is.
    assert_eq!(counts(&fixture).await, [0, 1, 0, 0, 0, 0, 2, 2, 1, 0], "{TABLES:?}");
    assert_eq!(fixture.state.device(hash(60)).await.unwrap(), None);
}

/// Both take what the other one needs; the database undoes one of them, which then comes through.
#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_postgresql_undid_for_another_is_done_again() {
    let fixture = Fixture::postgres().await;
    let both_inside = Arc::new(std::sync::Barrier::new(2));
    let crossing = [("a", "b"), ("b", "a")].map(|(first, second)| {
        let (state, both_inside) = (fixture.state.clone(), Arc::clone(&both_inside));
        let tries = AtomicU32::new(0);
        tokio::spawn(async move {
            let write = state.write(move |tx| {
                tx.hold(first)?;
                if tries.fetch_add(1, Ordering::SeqCst) == 0 {
                    both_inside.wait();
                }
                tx.hold(second)?;
                tx.run("INSERT INTO budgets (name, day, used) VALUES ($1, 1, 1)", &[Value::Text(first)])
            });
            write.await
        })
    });
    for one in crossing {
        assert_eq!(one.await.unwrap(), Ok(1));
    }
    assert_eq!(fixture.count("budgets").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_gateway_cannot_open_the_same_file_but_an_operators_command_can() {
    let fixture = Fixture::sqlite().await;
    assert_eq!(State::open(&fixture.database).await.unwrap_err(), StateError::InUse);
    let beside = State::open_beside(&fixture.database).await.unwrap();
    beside.add_device(Uuid::from_u128(5), "зал".into(), hash(50), NOON).await.unwrap();
    assert!(fixture.state.device(hash(50)).await.unwrap().is_some());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = Fixture::sqlite().await;
    fill(&fixture.state).await;
    let Database::Sqlite(path) = &fixture.database else { unreachable!() };
    for entry in std::fs::read_dir(path.parent().unwrap()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.file_name());
    }
}

/// A cluster of its own: everybody's connections end.
#[tokio::test(flavor = "multi_thread")]
async fn a_restart_of_postgresql_is_got_over_without_one_of_ours() {
    let cluster = tokio::task::spawn_blocking(Cluster::start).await.unwrap();
    let state = State::open(&Database::from_url(&cluster.database().into(), None)).await.unwrap();
    fill(&state).await;
    let lock = state.lock("held over it").await.unwrap();
    cluster.disconnect_everybody();
    assert!(state.session(Presented::Access, hash(2), NOON).await.unwrap().is_some());
    drop(lock);
    drop(cluster);
    let error = state.ping().await.unwrap_err();
    assert!(matches!(error, StateError::Unavailable(_)), "{error}");
}

#[tokio::test]
async fn an_address_over_the_network_is_refused_without_tls() {
    let open = |url: &str| {
        let database = Database::from_url(&url.to_owned().into(), None);
        async move { State::open(&database).await.unwrap_err() }
    };
    let error = open("postgres://loyalty:hunter2@192.0.2.1/db?sslmode=disable").await;
    assert!(matches!(error, StateError::Address(_)), "{error}");
    assert!(!error.to_string().contains("hunter2"));
    let error = open("postgres://loyalty@127.0.0.1/db?options=-c%20statement_timeout%3D0").await;
    assert!(matches!(error, StateError::Address(_)), "{error}");
    // The name is this machine's, the address that is connected to another's.
    for elsewhere in
        ["localhost/db?hostaddr=192.0.2.1&sslmode=disable", "/db?hostaddr=192.0.2.1&sslmode=disable"]
    {
        let error = open(&format!("postgres://loyalty@{elsewhere}")).await;
        assert!(matches!(error, StateError::Address(_)), "{error}");
    }
    let error = open("postgres://loyalty@127.0.0.1:not-a-port/db").await;
    assert!(matches!(error, StateError::Address(_)), "{error}");
}
