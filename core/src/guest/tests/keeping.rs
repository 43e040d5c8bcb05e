//! Files: full, damaged, suspended, and gone after signing out.

use std::fs;
use std::path::PathBuf;

use super::*;
use crate::backend::BackendError;
use crate::error::{Category, LoyaltyError};
use crate::error_code::ErrorCode;
use crate::ports::SecretStoreError;

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn database(folder: &Path) -> PathBuf {
    files(folder).into_iter().find(|path| path.extension().is_some_and(|end| end == "db")).unwrap()
}

#[tokio::test]
async fn a_session_in_memory_makes_no_file_and_works_like_one_with() {
    let guest = Guest::new();
    guest.server.book(1, "2026-11-20T18:00:00Z", 500);
    let session = guest.in_memory().await;
    session.refresh().await.unwrap();
    assert_eq!(session.history(None, 10).await.unwrap().transactions, guest.server.history());
    session.upkeep().await.unwrap();
    session.pause().await.unwrap();
    session.resume().await.unwrap();
    assert_eq!(session.snapshot().unwrap().snapshot.balance.total, bonus(500));
    assert_eq!(session.history(None, 10).await.unwrap().transactions.len(), 1);
    assert_eq!(files(guest.path()), Vec::<PathBuf>::new());
    session.sign_out().await.unwrap();
    assert_eq!(session.snapshot(), None);
}

#[tokio::test]
async fn after_signing_out_nothing_is_left_and_nothing_comes_back() {
    let guest = Guest::new();
    guest.server.book(1, "2026-11-20T18:00:00Z", 500);
    let session = guest.open().await;
    session.refresh().await.unwrap();
    assert!(GuestSession::<Server>::is_kept_in(guest.path()).unwrap());
    let mut observer = session.subscribe();
    observer.borrow_and_update();
    session.sign_out().await.unwrap();
    assert_eq!(files(guest.path()), Vec::<PathBuf>::new());
    assert!(!GuestSession::<Server>::is_kept_in(guest.path()).unwrap());
    observer.changed().await.unwrap();
    assert!(!observer.borrow().signed_in && observer.borrow().snapshot.is_none());
    assert_eq!(session.refresh().await.unwrap_err(), LoyaltyError::Unauthorized);
    assert_eq!(session.history(None, 1).await.unwrap_err(), LoyaltyError::Unauthorized);
    assert_eq!(session.resume().await.unwrap_err(), LoyaltyError::Unauthorized);
    assert_eq!(files(guest.path()), Vec::<PathBuf>::new());
    assert_eq!(guest.open().await.snapshot(), None);
}

#[tokio::test]
async fn a_refresh_that_is_under_way_at_signing_out_keeps_and_shows_nothing() {
    let guest = Guest::new();
    for session in [guest.open().await, guest.in_memory().await] {
        guest.server.gate.forget_permits(usize::MAX);
        let under_way = {
            let session = session.clone();
            tokio::spawn(async move { session.refresh().await })
        };
        while guest.server.requests().is_empty() {
            tokio::task::yield_now().await;
        }
        session.sign_out().await.unwrap();
        let ended = session.subscribe().borrow().clone();
        guest.server.gate.add_permits(1000);
        assert!(under_way.await.unwrap().is_err());
        assert_eq!(*session.subscribe().borrow(), ended);
        assert_eq!(session.snapshot(), None);
        assert_eq!(files(guest.path()), Vec::<PathBuf>::new());
    }
}

#[tokio::test]
async fn the_next_guest_on_a_device_sees_nothing_of_the_one_before() {
    let guest = Guest::new();
    guest.server.book(1, "2026-11-20T18:00:00Z", 500);
    guest.open().await.refresh().await.unwrap();
    let next =
        GuestSession::open(guest.client(), guest.path(), "another", guest.settings.clone(), &SystemIds).await;
    assert_eq!(next.unwrap().snapshot(), None);
    assert_eq!(guest.open().await.snapshot(), None, "and the first one's file is gone");
}

#[tokio::test]
async fn on_a_full_disk_the_balance_is_shown_and_said_to_be_unsaved() {
    let guest = Guest::new();
    guest.server.book(1, "2026-11-20T18:00:00Z", 500);
    let session = guest.open().await;
    session.refresh().await.unwrap();
    session.cache().fill_the_disk().await;
    // More rows than the pages that are there can take.
    for id in 2..200 {
        guest.server.book(id, "2026-11-22T18:00:00Z", 100);
    }
    let view = session.refresh().await.unwrap();
    assert_eq!(view.unsaved, Some(ErrorCode::StorageFull));
    assert_eq!(view.snapshot.balance.total, bonus(500 + 198 * 100));
    let newest: Vec<_> = guest.server.history().into_iter().take(5).collect();
    assert_eq!(view.snapshot.newest, newest);
    assert_eq!(view.snapshot.account.phone, None, "as with a snapshot that is kept");
    drop(session);
    assert_eq!(guest.open().await.snapshot().unwrap().snapshot.balance.total, bonus(500));
}

#[tokio::test]
async fn a_cache_that_is_damaged_on_the_disk_is_filled_again_by_a_refresh() {
    let guest = Guest::new();
    guest.server.book(1, "2026-11-20T18:00:00Z", 500);
    guest.open().await.refresh().await.unwrap();
    for damage in ["", "not a database at all"] {
        let path = database(guest.path());
        fs::write(&path, damage.repeat(1000)).unwrap();
        let session = guest.open().await;
        assert_eq!(session.snapshot(), None);
        assert_eq!(session.refresh().await.unwrap().snapshot.balance.total, bonus(500));
        assert!(files(guest.path()).iter().any(|path| path.to_string_lossy().ends_with(".db.damaged")));
    }
    guest.open().await.sign_out().await.unwrap();
    assert_eq!(files(guest.path()), Vec::<PathBuf>::new(), "the damaged one goes as well");
}

#[tokio::test]
async fn a_cache_that_is_damaged_while_it_is_open_is_filled_again_by_the_same_refresh() {
    let guest = Guest::new();
    for id in 0..3000 {
        guest.server.show(id, "2026-11-22T18:00:00Z", 1);
    }
    let session = guest.open().await;
    session.refresh().await.unwrap();
    session.refresh().await.unwrap();
    session.pause().await.unwrap();
    let path = database(guest.path());
    let mut bytes = fs::read(&path).unwrap();
    for page in bytes.chunks_mut(4096).skip(16) {
        page[..100].fill(0xff);
    }
    fs::write(&path, bytes).unwrap();
    session.resume().await.unwrap();
    let view = session.refresh().await.unwrap();
    assert_eq!(view.unsaved, None);
    assert_eq!(session.upkeep().await.map(|_| ()), Ok(()), "the new file is sound");
    assert!(files(guest.path()).iter().any(|path| path.to_string_lossy().ends_with(".db.damaged")));
}

#[tokio::test]
async fn damage_in_a_part_that_nobody_has_asked_for_is_found_by_the_first_upkeep() {
    let guest = Guest::new();
    for id in 0..3000 {
        guest.server.show(id, "2026-10-22T18:00:00Z", 1);
    }
    let damage = || {
        let path = database(guest.path());
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 4096 / 2;
        bytes.chunks_mut(4096).nth(middle).unwrap()[..100].fill(0xff);
        fs::write(&path, bytes).unwrap();
    };
    let session = guest.open().await;
    session.refresh().await.unwrap();
    session.upkeep().await.unwrap();
    session.pause().await.unwrap();
    damage();
    session.resume().await.unwrap();
    assert_eq!(session.upkeep().await.unwrap_err().code(), ErrorCode::StorageDamaged);
    session.refresh().await.unwrap();
    session.upkeep().await.unwrap();
    session.pause().await.unwrap();
    drop(session);
    damage();
    let session = guest.open().await;
    assert!(session.snapshot().is_some(), "the first screen does not touch it");
    assert_eq!(session.upkeep().await.unwrap_err().code(), ErrorCode::StorageDamaged);
}

#[tokio::test]
async fn a_folder_that_is_no_folder_is_an_error_and_memory_still_works() {
    let guest = Guest::new();
    let path = guest.path().join("file");
    fs::write(&path, "").unwrap();
    let opened = GuestSession::open(guest.client(), &path, "guest", guest.settings.clone(), &SystemIds).await;
    assert_eq!(opened.unwrap_err().category(), crate::Category::Storage);
    assert!(guest.in_memory().await.refresh().await.is_ok());
}

#[tokio::test]
async fn a_suspended_session_still_shows_its_snapshot() {
    let guest = Guest::new();
    guest.server.book(1, "2026-11-20T18:00:00Z", 500);
    let session = guest.open().await;
    session.refresh().await.unwrap();
    session.pause().await.unwrap();
    assert_eq!(session.snapshot().unwrap().snapshot.balance.total, bonus(500));
    let closed = LoyaltyError::Storage { code: ErrorCode::StorageClosed };
    assert_eq!(session.refresh().await.unwrap_err(), closed);
    assert_eq!(session.history(None, 5).await.unwrap_err(), closed);
    session.resume().await.unwrap();
    session.refresh().await.unwrap();
}

#[tokio::test]
async fn nothing_that_can_be_printed_names_the_guest() {
    let guest = Guest::new();
    guest.server.fail(BackendError::Offline);
    let session = guest.open().await;
    let printed = format!("{session:?} {:?}", session.refresh().await);
    assert!(!printed.contains("guest-") && !printed.contains("Аполлинария"), "{printed}");
}

#[tokio::test]
async fn signing_out_removes_the_guests_secrets_and_what_is_kept_even_if_one_of_them_fails() {
    let guest = Guest::new();
    let session = guest.open().await;
    session.refresh().await.unwrap();
    guest.server.requests();
    session.pause().await.unwrap();
    guest.server.fail(BackendError::Secrets(SecretStoreError::Unavailable));
    assert_eq!(session.sign_out().await.unwrap_err().category(), Category::SecretStore);
    assert!(!GuestSession::<Server>::is_kept_in(guest.folder.path()).unwrap());
    guest.server.fail(None);
    session.sign_out().await.unwrap();
    assert_eq!(guest.server.requests(), ["sign out"; 2]);
}
