//! What a screen is drawn from: the snapshot, how old it is, and whether the server can be reached.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::snapshot::Snapshot;
use crate::domain::{Bonus, BusinessCalendar};
use crate::error_code::ErrorCode;

/// For how long a snapshot counts as fresh.
const FRESH_FOR: SignedDuration = SignedDuration::from_mins(10);
/// By how much a snapshot may seem to lie in the future: servers date their replies to the second, and a reply takes
/// a while.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(30);

/// Whether the server can be reached, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Connectivity {
    /// Nothing has been tried yet.
    #[default]
    Unknown,
    /// The last thing known is a success.
    Online,
    /// The last thing known is that no connection could be made. A certificate that is not trusted, a timeout and a
    /// refusal are none of this: they change nothing here.
    Offline,
}

/// Whether a snapshot can be shown without its date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Freshness {
    /// Read within the last ten minutes, on the venue's business day that it still is.
    Fresh,
    /// Older; or the device's clock was moved so that nobody can tell. Show when it was read.
    Stale,
}

/// What observers of a session are told. Values follow each other in the order in which they came true; an observer
/// that is slow sees the newest and not all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionState {
    /// What the guest holds; `None` before the first reading and after signing out.
    pub snapshot: Option<Arc<Snapshot>>,
    /// Whether the server can be reached.
    pub connectivity: Connectivity,
    /// Why the snapshot is not kept on this device and will be gone when the app ends; `None` when it is kept.
    pub unsaved: Option<ErrorCode>,
    /// Whether the session goes on; `false` for ever after signing out.
    pub signed_in: bool,
}

/// A snapshot at the moment of looking at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// What the guest holds.
    pub snapshot: Arc<Snapshot>,
    /// Whether it can be shown without its date.
    pub freshness: Freshness,
    /// Now, by the server's clock as far as it is known, UTC; never before the snapshot was read.
    pub now: Timestamp,
    /// The venue's business day.
    pub today: Date,
    /// The business day on which the snapshot was read.
    pub read_on: Date,
    /// Whether the server can be reached.
    pub connectivity: Connectivity,
    /// Why the snapshot is not kept on this device; `None` when it is.
    pub unsaved: Option<ErrorCode>,
}

impl View {
    /// `now` is the device's clock, corrected by what is known of the server's.
    pub(super) fn new(
        state: &SessionState,
        snapshot: &Arc<Snapshot>,
        now: Timestamp,
        calendar: &BusinessCalendar,
    ) -> Self {
        // Time does not run backwards: a clock that says so was moved.
        let shown_now = now.max(snapshot.as_of);
        let (today, read_on) = (calendar.business_day(shown_now), calendar.business_day(snapshot.as_of));
        let age = now.duration_since(snapshot.as_of);
        let fresh = age >= -TOLERANCE && age <= FRESH_FOR && today == read_on;
        Self {
            snapshot: Arc::clone(snapshot),
            freshness: if fresh { Freshness::Fresh } else { Freshness::Stale },
            now: shown_now,
            today,
            read_on,
            connectivity: state.connectivity,
            unsaved: state.unsaved,
        }
    }

    /// How much of the shown balance was to burn on a day that has come since it was read: it may be gone already.
    /// `None` when the sum cannot be told.
    #[must_use]
    pub fn burned_since(&self) -> Option<Bonus> {
        let schedule = &self.snapshot.balance.schedule;
        if !schedule.is_consistent() {
            return None;
        }
        let come = schedule.burns().iter().filter(|burn| self.read_on < burn.on && burn.on <= self.today);
        Bonus::checked_sum(come.map(|burn| burn.amount))
    }
}
