//! What of this library is alive, counted for tests that see that nothing is left. Without the feature `rehearsal` there is
//! nothing to it.

#[cfg(feature = "rehearsal")]
use std::sync::atomic::{AtomicU32, Ordering};

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// What an app has opened.
    Device,
    /// What all calls to it share.
    Desk,
    /// Who is signed in, with their file.
    Guest,
    /// Who follows the state.
    Subscription,
    /// What gives up calls.
    Token,
    /// A store of the other side's.
    Store,
    /// Work of a call that has not ended.
    Work,
}

#[cfg(feature = "rehearsal")]
static ALIVE: [AtomicU32; 7] = [const { AtomicU32::new(0) }; 7];

/// Lies in something that is counted, and goes with it.
#[derive(Debug)]
pub(crate) struct Alive(#[cfg(feature = "rehearsal")] Kind);

impl Alive {
    pub(crate) fn new(kind: Kind) -> Self {
        #[cfg(feature = "rehearsal")]
        if let Some(count) = ALIVE.get(kind as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let _ = kind;
        Self(
            #[cfg(feature = "rehearsal")]
            kind,
        )
    }
}

#[cfg(feature = "rehearsal")]
impl Drop for Alive {
    fn drop(&mut self) {
        if let Some(count) = ALIVE.get(self.0 as usize) {
            count.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// How many of a kind there are now.
#[cfg(feature = "rehearsal")]
pub(crate) fn count(kind: Kind) -> u32 {
    ALIVE.get(kind as usize).map_or(0, |count| count.load(Ordering::Relaxed))
}
