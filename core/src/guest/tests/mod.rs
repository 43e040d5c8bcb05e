//! A guest's session over a server in memory and over real files.

mod history;
mod keeping;
mod reading;
mod time;

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::fake::{ManualClock, Server};
use super::{GuestClient, GuestSession, PhoneLocks, Retention, SessionSettings};
use crate::domain::{Bonus, BusinessCalendar};
use crate::system::SystemIds;

/// A guest with their server, their device's clock and folder.
struct Guest {
    server: Server,
    clock: ManualClock,
    folder: tempfile::TempDir,
    settings: SessionSettings,
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn bonus(hundredths: i64) -> Bonus {
    Bonus::from_hundredths(hundredths)
}

impl Guest {
    /// Noon in Moscow on 23 November 2026.
    fn new() -> Self {
        Self {
            server: Server::new(),
            clock: ManualClock::at("2026-11-23T09:00:00Z"),
            folder: tempfile::tempdir().unwrap(),
            settings: SessionSettings {
                calendar: BusinessCalendar::from_names("Europe/Moscow", "00:00").unwrap(),
                history_since: at("2015-01-01T00:00:00Z"),
                retention: Some(Retention::default()),
            },
        }
    }

    fn client(&self) -> GuestClient<Server> {
        GuestClient::new(self.server.clone(), Arc::new(self.clock.clone()), Arc::new(PhoneLocks::default()))
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    async fn open(&self) -> GuestSession<Server> {
        GuestSession::open(self.client(), self.path(), "guest", self.settings.clone(), &SystemIds)
            .await
            .unwrap()
    }

    async fn in_memory(&self) -> GuestSession<Server> {
        GuestSession::in_memory(self.client(), self.settings.clone()).await.unwrap()
    }
}
