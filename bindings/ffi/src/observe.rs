//! Following the state. Asked for the next one instead of calling out, so that a slow observer holds nothing up, sees the
//! newest, and is freed with what it holds.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, watch};

use crate::alive::{Alive, Kind};
use crate::error::CallError;
use crate::loyalty::{Desk, Live};
use crate::records::snapshot::SessionState;
use crate::runtime::run;

/// How often the state is looked at without a reason: time alone makes it stale, and changes how far a burn is.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Follows the state of one [`Loyalty`](crate::loyalty::Loyalty).
#[derive(Debug, uniffi::Object)]
pub struct Subscription {
    shared: Arc<Shared>,
    _alive: Alive,
}

#[derive(Debug)]
struct Shared {
    desk: Arc<Desk>,
    seen: Mutex<Seen>,
    ended: watch::Sender<bool>,
}

struct Seen {
    live: watch::Receiver<Live>,
    last: Option<SessionState>,
}

impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seen")
    }
}

impl Subscription {
    pub(crate) fn new(desk: Arc<Desk>) -> Self {
        let seen = Mutex::new(Seen { live: desk.live.subscribe(), last: None });
        let shared = Shared { desk, seen, ended: watch::channel(false).0 };
        Self { shared: Arc::new(shared), _alive: Alive::new(Kind::Subscription) }
    }
}

#[uniffi::export]
impl Subscription {
    /// The state, as soon as it is another than the last one that was given out; at once the first time. Nothing after
    /// the end.
    ///
    /// # Errors
    /// `Internal` only.
    pub async fn next(&self) -> Result<Option<SessionState>, CallError> {
        let shared = Arc::clone(&self.shared);
        run(None, async move { Ok(shared.next().await) }).await
    }

    /// Ends it; whoever waits for the next state gets nothing.
    pub fn cancel(&self) {
        self.shared.ended.send_replace(true);
    }
}

impl Shared {
    async fn next(&self) -> Option<SessionState> {
        let mut ended = self.ended.subscribe();
        let mut seen = self.seen.lock().await;
        loop {
            let live = seen.live.borrow_and_update().clone();
            if live.ended || *ended.borrow_and_update() {
                return None;
            }
            // Before the state is read, so that no change falls between the two.
            let mut session = live.guest.as_ref().map(|guest| guest.session.subscribe());
            let state = self.desk.state(&live);
            if seen.last.as_ref() != Some(&state) {
                seen.last = Some(state.clone());
                return Some(state);
            }
            let changed = async {
                match &mut session {
                    // The session lives as long as `live`, so this waits.
                    Some(session) => drop(session.changed().await),
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = changed => {}
                outcome = seen.live.changed() => outcome.ok()?,
                outcome = ended.changed() => outcome.ok()?,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }
}
