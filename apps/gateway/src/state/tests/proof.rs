use jiff::{SignedDuration, Timestamp};
use loyalty_core::domain::{AccountId, Consent, ConsentKind};
use uuid::Uuid;

use super::{Fixture, GONE, NOON, on_both, phone, session};
use crate::projection::Audience;
use crate::state::{ConsentRow, DeletionRow, NewSession, NewSnapshot, State};

on_both! {
    a_consent_is_recorded_with_what_proves_it
    giving_a_consent_twice_records_it_once_however_many_come_at_once
    a_newer_text_ends_the_consent_to_the_older
    what_a_phone_agreed_to_before_it_had_an_account_goes_to_the_account
    what_is_agreed_to_while_the_account_is_being_found_goes_to_the_account_too
    whoever_gets_a_number_does_not_see_what_its_last_owner_agreed_to
    a_phone_leaves_no_more_than_two_hundred_consents_a_year_behind
    the_operators_list_is_whole_page_by_page
    the_first_request_for_deletion_counts_and_ends_everything
    who_has_a_phone_later_inherits_no_request_for_deletion
}

fn consent(guest: u32, account: Option<i64>, kind: ConsentKind, version: &str, at: Timestamp) -> ConsentRow {
    ConsentRow {
        phone: phone(guest),
        account: account.map(AccountId),
        address: "192.0.2.1".into(),
        withdrawn_address: None,
        consent: Consent { kind, text_version: version.into(), given_at: at, withdrawn_at: None },
    }
}

fn later(seconds: i64) -> Timestamp {
    NOON + SignedDuration::from_secs(seconds)
}

async fn give(state: &State, id: u128, row: ConsentRow) -> Option<bool> {
    state.give_consent(Uuid::from_u128(id), GONE, row).await.unwrap().map(|(_, created)| created)
}

async fn a_consent_is_recorded_with_what_proves_it(fixture: Fixture) {
    let state = &fixture.state;
    let given = consent(1, Some(1), ConsentKind::PersonalData, "2025-09", NOON);
    assert_eq!(give(state, 1, given.clone()).await, Some(true));
    let advertising = consent(1, Some(1), ConsentKind::Advertising, "2025-03", later(1));
    assert_eq!(give(state, 2, advertising.clone()).await, Some(true));
    let account = Some(AccountId(1));
    assert_eq!(state.consents_of(phone(1), account).await.unwrap(), [advertising, given.clone()]);
    let from = "192.0.2.9".to_owned();
    let withdrawn = state.withdraw_consent(ConsentKind::Advertising, phone(1), account, from, later(2));
    withdrawn.await.unwrap();
    let left = state.consents_of(phone(1), account).await.unwrap();
    assert_eq!(left[0].consent.withdrawn_at, Some(later(2)));
    assert_eq!(left[0].withdrawn_address.as_deref(), Some("192.0.2.9"));
    assert_eq!(left[1], given, "the two are withdrawn separately");
}

async fn giving_a_consent_twice_records_it_once_however_many_come_at_once(fixture: Fixture) {
    let neighbour = fixture.neighbour().await;
    let given = (1..20_u128).map(|id| {
        let state = if id % 2 == 0 { fixture.state.clone() } else { neighbour.clone() };
        let row = consent(1, None, ConsentKind::PersonalData, "2025-09", NOON);
        tokio::spawn(async move { give(&state, id, row).await })
    });
    let mut created = 0;
    for one in given.collect::<Vec<_>>() {
        created += u32::from(one.await.unwrap().unwrap());
    }
    assert_eq!(created, 1);
    assert_eq!(fixture.count("consents").await, 1);
}

async fn a_newer_text_ends_the_consent_to_the_older(fixture: Fixture) {
    let state = &fixture.state;
    give(state, 1, consent(1, None, ConsentKind::PersonalData, "2025-01", NOON)).await;
    give(state, 2, consent(1, None, ConsentKind::PersonalData, "2025-09", later(60))).await;
    let rows = state.consents_of(phone(1), None).await.unwrap();
    let ends: Vec<_> = rows.iter().map(|row| row.consent.withdrawn_at).collect();
    assert_eq!(ends, [None, Some(later(60))]);
}

async fn what_a_phone_agreed_to_before_it_had_an_account_goes_to_the_account(fixture: Fixture) {
    let state = &fixture.state;
    give(state, 1, consent(1, None, ConsentKind::PersonalData, "2025-09", NOON)).await;
    state.open_session(NewSession { account: None, ..session(1, 1) }, NOON).await.unwrap();
    state.bind(Uuid::from_u128(1), phone(1), AccountId(5), NOON).await.unwrap();
    let rows = state.consents_of(phone(1), Some(AccountId(5))).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.account).collect::<Vec<_>>(), [Some(AccountId(5))]);
}

/// A request that was authenticated before the session knew its account, and one that finds the account.
async fn what_is_agreed_to_while_the_account_is_being_found_goes_to_the_account_too(fixture: Fixture) {
    let neighbour = fixture.neighbour().await;
    for guest in 1..=20 {
        let number = u64::from(guest);
        let session = NewSession { account: None, ..session(guest, number) };
        let id = session.id;
        fixture.state.open_session(session, NOON).await.unwrap();
        let row = consent(guest, None, ConsentKind::PersonalData, "2025-09", NOON);
        let (state, account) = (neighbour.clone(), AccountId(guest.into()));
        let binding = tokio::spawn(async move { state.bind(id, phone(guest), account, NOON).await });
        let giving = fixture.state.give_consent(Uuid::from_u128(guest.into()), id, row);
        assert!(giving.await.unwrap().unwrap().1);
        binding.await.unwrap().unwrap();
    }
    // And the other way round: found first, asked with what was known before.
    let late = consent(1, None, ConsentKind::Advertising, "2025-03", NOON);
    fixture.state.give_consent(Uuid::from_u128(99), Uuid::from_u128(1), late).await.unwrap().unwrap();
    fixture.state.prune(NOON + SignedDuration::from_hours(8 * 24)).await.unwrap();
    let kept = fixture.state.all_consents(None, 100).await.unwrap();
    assert_eq!(kept.len(), 21);
    assert!(kept.iter().all(|(_, row)| row.account.is_some()));
}

async fn whoever_gets_a_number_does_not_see_what_its_last_owner_agreed_to(fixture: Fixture) {
    let state = &fixture.state;
    give(state, 1, consent(1, Some(5), ConsentKind::Advertising, "2025-03", NOON)).await;
    assert_eq!(state.consents_of(phone(1), None).await.unwrap(), []);
    assert_eq!(state.consents_of(phone(1), Some(AccountId(6))).await.unwrap(), []);
    let withdrawn =
        state.withdraw_consent(ConsentKind::Advertising, phone(1), Some(AccountId(6)), String::new(), NOON);
    withdrawn.await.unwrap();
    let rows = state.consents_of(phone(1), Some(AccountId(5))).await.unwrap();
    assert!(rows[0].consent.in_force(), "nor withdraws it");
}

async fn a_phone_leaves_no_more_than_two_hundred_consents_a_year_behind(fixture: Fixture) {
    let state = &fixture.state;
    for id in 0..200 {
        let row = consent(1, None, ConsentKind::Advertising, &id.to_string(), later(0));
        assert_eq!(give(state, id, row).await, Some(true));
    }
    let one_more = || consent(1, None, ConsentKind::Advertising, "one more", later(1));
    assert_eq!(give(state, 200, one_more()).await, None);
    assert_eq!(fixture.count("consents").await, 200);
    let next_year = consent(1, None, ConsentKind::Advertising, "one more", later(366 * 24 * 3600));
    assert_eq!(give(state, 200, next_year).await, Some(true));
}

async fn the_operators_list_is_whole_page_by_page(fixture: Fixture) {
    let state = &fixture.state;
    for id in 1..=7 {
        let guest = u32::try_from(id).unwrap();
        give(state, id, consent(guest, None, ConsentKind::PersonalData, "2025-09", NOON)).await;
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = state.all_consents(after, 3).await.unwrap();
        let Some((last, _)) = page.last() else { break };
        after = Some(*last);
        seen.extend(page.into_iter().map(|(_, row)| row.phone));
    }
    assert_eq!(seen, (1..=7).map(phone).collect::<Vec<_>>());
}

async fn the_first_request_for_deletion_counts_and_ends_everything(fixture: Fixture) {
    let state = &fixture.state;
    state.open_session(session(1, 1), NOON).await.unwrap();
    state.open_session(session(1, 2), NOON).await.unwrap();
    let snapshot = NewSnapshot {
        account: AccountId(1),
        as_of: NOON,
        guest_body: b"{}".to_vec(),
        guest_etag: "\"\"".into(),
        kiosk_body: b"{}".to_vec(),
        kiosk_etag: "\"\"".into(),
    };
    state.keep_snapshot(snapshot, NOON).await.unwrap();
    let request = |at| DeletionRow {
        phone: phone(1),
        account: Some(AccountId(1)),
        requested_at: at,
        last_requested_at: at,
    };
    let from = || "192.0.2.9".to_owned();
    assert_eq!(state.request_deletion(request(NOON), from()).await.unwrap(), NOON);
    assert_eq!(state.request_deletion(request(later(60)), from()).await.unwrap(), NOON);
    // Asked for again after a while, it is to be seen to again.
    assert_eq!(
        state.deletions().await.unwrap(),
        [DeletionRow { last_requested_at: later(60), ..request(NOON) }]
    );
    let year = later(366 * 24 * 3600);
    assert_eq!(state.deletion_of(phone(1), Some(AccountId(1)), year).await.unwrap(), Some(NOON));
    assert_eq!(state.deletion_of(phone(1), None, later(60)).await.unwrap(), None);
    assert!(state.snapshot(AccountId(1), Audience::Guest).await.unwrap().is_none());
    for table in ["sessions", "tokens", "snapshots"] {
        assert_eq!(fixture.count(table).await, 0, "{table}");
    }
}

async fn who_has_a_phone_later_inherits_no_request_for_deletion(fixture: Fixture) {
    let state = &fixture.state;
    let request =
        |at| DeletionRow { phone: phone(1), account: None, requested_at: at, last_requested_at: at };
    let ask = async |at| state.request_deletion(request(at), String::new()).await.unwrap();
    assert_eq!(ask(NOON).await, NOON);
    let next_day = later(24 * 3600);
    assert_eq!(state.deletion_of(phone(1), None, next_day).await.unwrap(), Some(NOON));
    assert_eq!(ask(next_day).await, NOON, "the same guest, who asks again");
    let months = later(100 * 24 * 3600);
    assert_eq!(state.deletion_of(phone(1), None, months).await.unwrap(), None);
    assert_eq!(ask(months).await, months);
    // What the one before has asked for is still to be proven.
    let before = DeletionRow { last_requested_at: next_day, ..request(NOON) };
    assert_eq!(state.deletions().await.unwrap(), [before, request(months)]);
}
