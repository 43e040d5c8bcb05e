//! Refreshing, being offline, observing, registering.

use std::time::Duration;

use super::*;
use crate::backend::BackendError;
use crate::domain::{
    Consent, ConsentKind, GroupId, Money, Phone, Profile, ProfileChange, Receipt, ReceiptRef, Registration,
};
use crate::error::{Category, LoyaltyError};
use crate::error_code::ErrorCode;
use crate::guest::{Connectivity, Freshness};

#[tokio::test]
async fn a_session_shows_nothing_until_it_has_read_something() {
    let guest = Guest::new();
    let session = guest.open().await;
    assert_eq!(session.snapshot(), None);
    assert_eq!(guest.server.requests(), Vec::<&str>::new(), "opening asks the server for nothing");
}

#[tokio::test]
async fn what_was_read_is_shown_after_a_restart_without_any_network() {
    let guest = Guest::new();
    guest.server.book(1, "2026-11-20T18:00:00Z", 500);
    let read = guest.open().await.refresh().await.unwrap();
    assert_eq!((read.freshness, read.connectivity), (Freshness::Fresh, Connectivity::Online));
    guest.server.requests();
    guest.server.fail(BackendError::Offline);
    guest.clock.set("2026-11-23T10:00:00Z");
    let view = guest.open().await.snapshot().unwrap();
    assert_eq!(view.snapshot, read.snapshot);
    assert_eq!((view.freshness, view.connectivity), (Freshness::Stale, Connectivity::Unknown));
    assert_eq!(view.snapshot.as_of, at("2026-11-23T09:00:00Z"));
    assert_eq!(guest.server.requests(), Vec::<&str>::new());
}

#[tokio::test]
async fn only_a_success_makes_it_online_and_only_a_failed_connection_offline() {
    let guest = Guest::new();
    let session = guest.in_memory().await;
    let connectivity = || session.subscribe().borrow().connectivity;
    let others = [
        BackendError::Timeout,
        BackendError::Cut,
        BackendError::Untrusted,
        BackendError::Unavailable { retry_after: None },
        BackendError::Unauthorized,
    ];
    for other in others.clone() {
        guest.server.fail(other);
        session.refresh().await.unwrap_err();
        assert_eq!(connectivity(), Connectivity::Unknown);
    }
    guest.server.fail(BackendError::Offline);
    assert_eq!(session.refresh().await.unwrap_err(), LoyaltyError::Offline);
    assert_eq!(connectivity(), Connectivity::Offline);
    guest.server.fail(BackendError::Untrusted);
    assert_eq!(session.refresh().await.unwrap_err(), LoyaltyError::Untrusted);
    assert_eq!(connectivity(), Connectivity::Offline, "a distrusted certificate is not a success");
    guest.server.fail(None);
    session.refresh().await.unwrap();
    assert_eq!(connectivity(), Connectivity::Online);
    for other in others {
        guest.server.fail(other);
        session.refresh().await.unwrap_err();
        assert_eq!(connectivity(), Connectivity::Online);
    }
}

#[tokio::test]
async fn a_refresh_that_fails_half_way_changes_nothing() {
    let guest = Guest::new();
    guest.server.book(1, "2026-11-20T18:00:00Z", 500);
    let session = guest.open().await;
    let before = session.refresh().await.unwrap();
    guest.server.book(2, "2026-11-22T18:00:00Z", 700);
    for answers in 0..3 {
        guest.server.fail_after(answers, BackendError::Offline);
        assert_eq!(session.refresh().await.unwrap_err(), LoyaltyError::Offline, "after {answers} answers");
        assert_eq!(session.snapshot().unwrap().snapshot, before.snapshot);
        assert_eq!(session.history(None, 10).await.unwrap().transactions.len(), 1);
    }
}

#[tokio::test]
async fn refreshes_at_the_same_time_are_one() {
    let guest = Guest::new();
    let session = guest.in_memory().await;
    guest.server.gate.forget_permits(usize::MAX);
    let refreshes: Vec<_> = (0..30)
        .map(|_| {
            let session = session.clone();
            tokio::spawn(async move { session.refresh().await })
        })
        .collect();
    while guest.server.books.lock().unwrap().requests.is_empty() {
        tokio::task::yield_now().await;
    }
    guest.server.gate.add_permits(1000);
    for refresh in refreshes {
        refresh.await.unwrap().unwrap();
    }
    assert_eq!(guest.server.requests(), ["account", "balance", "transactions"]);
    session.refresh().await.unwrap();
    assert_eq!(guest.server.requests(), ["account", "balance", "transactions"], "a later one is its own");
}

#[tokio::test]
async fn a_refresh_that_is_given_up_hands_over_to_the_next_in_line() {
    let guest = Guest::new();
    let session = guest.in_memory().await;
    guest.server.gate.forget_permits(usize::MAX);
    let first = tokio::time::timeout(Duration::from_millis(20), session.refresh()).await;
    assert!(first.is_err(), "the gate is shut");
    guest.server.gate.add_permits(1000);
    session.refresh().await.unwrap();
}

#[tokio::test]
async fn an_observer_sees_changes_in_order_and_the_newest_when_it_is_slow() {
    let guest = Guest::new();
    let session = guest.in_memory().await;
    let mut observer = session.subscribe();
    let mut totals = Vec::new();
    for sum in [100, 200, 300] {
        guest.server.book_unseen(sum);
        session.refresh().await.unwrap();
        if sum == 100 {
            continue;
        }
        observer.changed().await.unwrap();
        // Looking back into the session from here must not block: no lock is held while an observer runs.
        let seen = observer.borrow_and_update().snapshot.clone().unwrap();
        assert_eq!(session.snapshot().unwrap().snapshot, seen);
        totals.push(seen.balance.total);
    }
    assert_eq!(totals, [bonus(300), bonus(600)]);
    assert!(!observer.has_changed().unwrap());
}

#[tokio::test]
async fn an_observer_is_not_woken_when_nothing_changes() {
    let guest = Guest::new();
    let session = guest.in_memory().await;
    session.refresh().await.unwrap();
    let mut observer = session.subscribe();
    observer.borrow_and_update();
    session.till_code().await.unwrap();
    assert!(!observer.has_changed().unwrap());
}

fn receipt(total: i64) -> (ReceiptRef, Receipt) {
    let reference = ReceiptRef("r1".to_owned());
    let receipt = Receipt {
        reference: reference.clone(),
        number: None,
        at: at("2026-11-20T18:00:00Z"),
        venue_code: None,
        venue: None,
        dishes: Vec::new(),
        total: Money::from_hundredths(total),
        discount: Money::ZERO,
        bonus_spent: Bonus::ZERO,
        bonus_accrued: bonus(500),
        paid: Money::from_hundredths(total),
    };
    (reference, receipt)
}

#[tokio::test]
async fn a_receipt_is_read_once_and_again_after_its_transaction_changed() {
    let guest = Guest::new();
    guest.server.book(1, "2026-11-20T18:00:00Z", 500);
    let (reference, mut receipt) = receipt(10_000);
    guest.server.books.lock().unwrap().receipts.insert(reference.clone(), receipt.clone());
    let session = guest.open().await;
    session.refresh().await.unwrap();
    guest.server.requests();
    for _ in 0..3 {
        assert_eq!(session.receipt(&reference).await.unwrap(), receipt);
    }
    assert_eq!(guest.server.requests(), ["receipt"]);
    guest.server.fail(BackendError::Offline);
    assert_eq!(guest.open().await.receipt(&reference).await.unwrap(), receipt, "kept over a restart");
    guest.server.fail(None);
    receipt.total = Money::from_hundredths(12_000);
    {
        let mut books = guest.server.books.lock().unwrap();
        books.receipts.insert(reference.clone(), receipt.clone());
        books.rows[0].sum = bonus(600);
    }
    session.refresh().await.unwrap();
    assert_eq!(session.receipt(&reference).await.unwrap(), receipt);
}

#[tokio::test]
async fn a_receipt_that_was_on_its_way_while_its_transaction_changed_is_not_kept() {
    for (booked, by_upkeep) in [("2026-11-20T18:00:00Z", false), ("2026-03-20T18:00:00Z", true)] {
        receipt_on_its_way(booked, by_upkeep).await;
    }
}

async fn receipt_on_its_way(booked: &str, by_upkeep: bool) {
    let guest = Guest::new();
    guest.server.book(1, booked, 500);
    let (reference, before) = receipt(10_000);
    guest.server.books.lock().unwrap().receipts.insert(reference.clone(), before.clone());
    let session = guest.in_memory().await;
    session.refresh().await.unwrap();
    guest.server.requests();
    guest.server.receipt_gate.forget_permits(usize::MAX);
    let on_its_way = {
        let (session, reference) = (session.clone(), reference.clone());
        tokio::spawn(async move { session.receipt(&reference).await })
    };
    while guest.server.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    let after = receipt(12_000).1;
    {
        let mut books = guest.server.books.lock().unwrap();
        books.receipts.insert(reference.clone(), after.clone());
        books.rows[0].sum = bonus(600);
    }
    if by_upkeep {
        assert!(session.upkeep().await.unwrap().history_read);
    } else {
        session.refresh().await.unwrap();
    }
    guest.server.receipt_gate.add_permits(10);
    assert_eq!(on_its_way.await.unwrap().unwrap(), before);
    assert_eq!(session.receipt(&reference).await.unwrap(), after);
}

#[tokio::test]
async fn a_receipt_that_is_not_there_is_told_so() {
    let session = Guest::new().in_memory().await;
    let error = session.receipt(&ReceiptRef("nobody".to_owned())).await.unwrap_err();
    assert_eq!(error.category(), Category::NotFound);
}

#[tokio::test]
async fn a_birthday_that_has_not_come_is_refused_before_anything_is_sent() {
    let guest = Guest::new();
    let session = guest.in_memory().await;
    let birthday = Some("2027-06-15".parse().unwrap());
    let change = ProfileChange { birthday: Some(birthday), ..ProfileChange::default() };
    let unborn = Err(LoyaltyError::invalid("birthday", ErrorCode::FieldInvalid));
    assert_eq!(session.update_profile(&change).await.map(drop), unborn);
    assert_eq!(guest.server.requests(), Vec::<&str>::new());
}

#[tokio::test]
async fn a_changed_form_is_shown_at_once() {
    let guest = Guest::new();
    let session = guest.open().await;
    session.refresh().await.unwrap();
    let change = ProfileChange { first_name: Some("Ольга".to_owned()), ..ProfileChange::default() };
    session.update_profile(&change).await.unwrap();
    let name = |session: &GuestSession<Server>| {
        session.snapshot().unwrap().snapshot.account.profile.first_name.clone()
    };
    assert_eq!(name(&session).as_deref(), Some("Ольга"));
    assert_eq!(name(&guest.open().await).as_deref(), Some("Ольга"));
}

fn newcomer() -> Registration {
    Registration {
        phone: Phone::parse("+79123451234").unwrap(),
        profile: Profile { first_name: Some("Ольга".to_owned()), ..Profile::default() },
        group_id: GroupId(3),
        identifiers: Vec::new(),
    }
}

fn consent(kind: ConsentKind) -> Consent {
    Consent {
        kind,
        text_version: "2026-01".to_owned(),
        given_at: at("2026-11-23T08:59:00Z"),
        withdrawn_at: None,
    }
}

#[tokio::test]
async fn consents_are_recorded_before_the_guest_is() {
    let guest = Guest::new();
    guest.server.books.lock().unwrap().registered = false;
    let session = guest.in_memory().await;
    let consents = [consent(ConsentKind::PersonalData), consent(ConsentKind::Advertising)];
    let registered = session.register(&newcomer(), &consents).await.unwrap();
    assert!(registered.created);
    assert_eq!(guest.server.books.lock().unwrap().consents, consents);
    let requests = guest.server.requests();
    assert_eq!(requests[..4], ["consents", "account", "register", "account"]);
    assert!(session.snapshot().is_some(), "the newcomer sees their balance");
}

#[tokio::test]
async fn nobody_is_registered_without_a_consent_in_force_to_the_processing_of_their_data() {
    let guest = Guest::new();
    let session = guest.in_memory().await;
    let withdrawn =
        Consent { withdrawn_at: Some(at("2026-11-23T08:59:30Z")), ..consent(ConsentKind::PersonalData) };
    for consents in [vec![], vec![consent(ConsentKind::Advertising)], vec![withdrawn]] {
        let error = session.register(&newcomer(), &consents).await.unwrap_err();
        assert_eq!(error, LoyaltyError::invalid("consents", ErrorCode::FieldEmpty));
    }
    assert_eq!(guest.server.requests(), Vec::<&str>::new());
}

#[tokio::test]
async fn a_registration_that_reaches_nobody_shows_that_the_device_is_offline() {
    let guest = Guest::new();
    let session = guest.in_memory().await;
    session.refresh().await.unwrap();
    guest.server.fail_after(1, BackendError::Offline);
    let outcome = session.register(&newcomer(), &[consent(ConsentKind::PersonalData)]).await;
    assert_eq!(outcome, Err(LoyaltyError::Offline));
    assert_eq!(session.snapshot().unwrap().connectivity, Connectivity::Offline);
}

#[tokio::test]
async fn nobody_registers_themselves_where_consents_are_not_kept() {
    let guest = Guest::new();
    guest.server.books.lock().unwrap().keeps_consents = false;
    let session = guest.in_memory().await;
    let outcome = session.register(&newcomer(), &[consent(ConsentKind::PersonalData)]).await;
    assert_eq!(outcome, Err(LoyaltyError::Unsupported));
    assert_eq!(guest.server.requests(), Vec::<&str>::new());
}
