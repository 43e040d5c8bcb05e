//! What was read last, so that what has not changed is not sent again.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderValue;

use super::programme::Programme;
use super::wire::Holdings;

/// For how long the parts of one answer count as read together.
const TOGETHER: SignedDuration = SignedDuration::from_secs(2);

/// A part of a snapshot that a caller asks for by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Balance,
    Newest,
}

/// The last snapshot of the session.
#[derive(Debug, Default)]
pub(super) struct Held(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Counts sessions, so that an answer to the last guest's request is not held for this one.
    session: u64,
    last: Option<Last>,
}

#[derive(Debug)]
struct Last {
    etag: Option<HeaderValue>,
    holdings: Arc<Holdings>,
    /// When ProBonus was read, by the gateway's clock.
    as_of: Timestamp,
    /// When the answer came, by ours.
    at: Timestamp,
    /// The parts that nobody has asked for yet.
    parts: Vec<Part>,
}

/// What a request for a snapshot has to be told.
#[derive(Debug)]
pub(super) struct Before {
    session: u64,
    pub(super) etag: Option<HeaderValue>,
}

impl Held {
    fn state<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn before(&self) -> Before {
        self.state(|state| Before {
            session: state.session,
            etag: state.last.as_ref().and_then(|last| last.etag.clone()),
        })
    }

    /// Holds a new snapshot, unless its session is over.
    pub(super) fn replace(
        &self,
        before: &Before,
        etag: Option<HeaderValue>,
        holdings: &Arc<Holdings>,
        as_of: Timestamp,
        now: Timestamp,
    ) {
        self.state(|state| {
            if state.session == before.session {
                let (holdings, parts) = (Arc::clone(holdings), vec![Part::Balance, Part::Newest]);
                state.last = Some(Last { etag, holdings, as_of, at: now, parts });
            }
        });
    }

    /// What is held, when the gateway says that it is still so.
    pub(super) fn unchanged(
        &self,
        before: &Before,
        as_of: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<Arc<Holdings>> {
        self.state(|state| {
            let last = state.last.as_mut().filter(|_| state.session == before.session)?;
            last.as_of = as_of.unwrap_or(last.as_of);
            last.at = now;
            last.parts = vec![Part::Balance, Part::Newest];
            Some(Arc::clone(&last.holdings))
        })
    }

    /// A part of what was read just now, once: a caller who asks for the parts one after another is answered from one
    /// snapshot, and one who asks for the same part again gets a new one.
    pub(super) fn part(&self, part: Part, now: Timestamp) -> Option<Arc<Holdings>> {
        self.state(|state| {
            let last = state.last.as_mut()?;
            let age = now.duration_since(last.at);
            let position = last.parts.iter().position(|left| *left == part)?;
            if age.is_negative() || age > TOGETHER {
                return None;
            }
            last.parts.swap_remove(position);
            Some(Arc::clone(&last.holdings))
        })
    }

    /// When ProBonus was read for what is held.
    pub(super) fn as_of(&self) -> Option<Timestamp> {
        self.state(|state| state.last.as_ref().map(|last| last.as_of))
    }

    /// The phone of the guest as others may see it.
    pub(super) fn phone_masked(&self) -> Option<String> {
        self.state(|state| state.last.as_ref().and_then(|last| last.holdings.phone_masked.clone()))
    }

    /// The session is over, or another begins.
    pub(super) fn forget(&self) {
        self.state(|state| {
            state.session = state.session.wrapping_add(1);
            state.last = None;
        });
    }
}

/// The programme as it was last read, with the document that it was read from.
#[derive(Debug, Default)]
pub(super) struct HeldProgramme(Mutex<Option<ReadProgramme>>);

#[derive(Debug, Clone)]
pub(super) struct ReadProgramme {
    pub(super) etag: Option<HeaderValue>,
    pub(super) programme: Arc<Programme>,
    pub(super) document: Arc<str>,
}

impl HeldProgramme {
    pub(super) fn get(&self) -> Option<ReadProgramme> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set(&self, read: ReadProgramme) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(read);
    }
}
