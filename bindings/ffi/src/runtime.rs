//! Where the work runs, and how it is given up.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use loyalty_core::LoyaltyError;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::alive::{Alive, Kind};
use crate::error::CallError;

/// Two, because one may be busy with a large answer while the other serves the screen.
pub(crate) const THREADS: usize = 2;

static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();

/// The runtime of this library, which lives as long as the process.
pub(crate) fn runtime() -> Result<&'static Runtime, LoyaltyError> {
    let start = || {
        Builder::new_multi_thread().worker_threads(THREADS).thread_name("loyalty").enable_all().build().ok()
    };
    RUNTIME.get_or_init(start).as_ref().ok_or(LoyaltyError::Internal)
}

/// A call under way. Dropping it ends its work.
pub(crate) type Answer<T> = Pin<Box<dyn Future<Output = Result<T, CallError>> + Send>>;

/// Runs `work` on this library's threads until it ends, the caller drops the answer, or `cancel` is used. A panic inside
/// becomes `Internal`.
pub(crate) fn run<T: Send + 'static>(
    cancel: Option<Arc<CancelToken>>,
    work: impl Future<Output = Result<T, LoyaltyError>> + Send + 'static,
) -> Answer<T> {
    let (work, outcome) = erased(work);
    answer(cancel, work, outcome)
}

/// Runs as [`run`] does what was made by [`erased`].
pub(crate) fn answer<T: Send + 'static>(
    cancel: Option<Arc<CancelToken>>,
    work: Work,
    outcome: Outcome<T>,
) -> Answer<T> {
    Box::pin(async move {
        cancellable(cancel, work).await?;
        Ok(outcome.taken()?)
    })
}

/// Runs `work` to its end even when the caller gives up: what it changes belongs together.
pub(crate) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, LoyaltyError>> + Send + 'static,
) -> Result<T, LoyaltyError> {
    let (work, outcome) = erased(work);
    ended(&mut tokio::spawn(work)).await?;
    outcome.taken()
}

/// Begins `work` on this library's threads here and now, and carries it through as [`to_the_end`] does; what is answered
/// waits for its outcome.
///
/// # Errors
/// `Internal` where there are no threads.
pub(crate) fn begun<T: Send + 'static>(
    work: impl Future<Output = Result<T, LoyaltyError>> + Send + 'static,
) -> Result<impl Future<Output = Result<T, LoyaltyError>> + Send + 'static, LoyaltyError> {
    let (work, outcome) = erased(work);
    let mut task = runtime()?.spawn(work);
    Ok(async move {
        ended(&mut task).await?;
        outcome.taken()
    })
}

/// Work of one type whatever comes of it: it tells no more than whether the server has refused whoever it was for. There
/// is a call for every thing that a guest can do, and what runs and ends it would be compiled for each.
pub(crate) type Work = Pin<Box<dyn Future<Output = Refused> + Send>>;

/// Whether the server knows the session no longer.
pub(crate) type Refused = bool;

/// What came of such work.
pub(crate) struct Outcome<T>(Arc<Mutex<Option<Result<T, LoyaltyError>>>>);

/// Work whose outcome stands elsewhere.
pub(crate) fn erased<T: Send + 'static>(
    work: impl Future<Output = Result<T, LoyaltyError>> + Send + 'static,
) -> (Work, Outcome<T>) {
    let outcome = Arc::new(Mutex::new(None));
    let told = Arc::clone(&outcome);
    let alive = Alive::new(Kind::Work);
    let work = async move {
        let _alive = alive;
        let came = work.await;
        let refused = matches!(came, Err(LoyaltyError::Unauthorized));
        *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(came);
        refused
    };
    (Box::pin(work), Outcome(outcome))
}

impl<T> Outcome<T> {
    /// What came of the work, once.
    fn taken(self) -> Result<T, LoyaltyError> {
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        taken.unwrap_or(Err(LoyaltyError::Internal))
    }
}

/// Runs work as [`run`] does.
pub(crate) async fn cancellable(cancel: Option<Arc<CancelToken>>, work: Work) -> Result<(), LoyaltyError> {
    // What is spawned begins on another thread at once: for a call that was given up before, something would be sent.
    if cancel.as_ref().is_some_and(|token| token.is_used()) {
        return Err(LoyaltyError::Cancelled);
    }
    let mut task = Task(runtime()?.spawn(work));
    let cancelled = async move {
        match cancel {
            Some(token) => token.used().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        () = cancelled => Err(LoyaltyError::Cancelled),
        ended = ended(&mut task.0) => ended,
    }
}

/// Nothing comes of work that panicked.
async fn ended(task: &mut JoinHandle<Refused>) -> Result<(), LoyaltyError> {
    task.await.map(drop).map_err(|_| LoyaltyError::Internal)
}

/// A task that ends when nobody waits for it.
struct Task(JoinHandle<Refused>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Gives up a call from outside, for languages whose own cancellation does not reach it. May be handed to several calls.
#[derive(Debug, uniffi::Object)]
pub struct CancelToken {
    used: watch::Sender<bool>,
    _alive: Alive,
}

#[uniffi::export]
impl CancelToken {
    /// A token that was not used yet.
    #[uniffi::constructor]
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::new(Self { used: watch::channel(false).0, _alive: Alive::new(Kind::Token) })
    }

    /// Ends the calls that have this token, and those that get it later, with `Cancelled`.
    pub fn cancel(&self) {
        self.used.send_replace(true);
    }
}

impl CancelToken {
    fn is_used(&self) -> bool {
        *self.used.borrow()
    }

    async fn used(&self) {
        // The sender lives as long as `self`.
        let _ = self.used.subscribe().wait_for(|used| *used).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use loyalty_core::LoyaltyError;
    use tokio::sync::oneshot;

    use super::{CancelToken, run, runtime};
    use crate::error::CallError;

    /// Tells when the work that owns it is dropped.
    struct Dropped(Option<oneshot::Sender<()>>);

    impl Drop for Dropped {
        fn drop(&mut self) {
            if let Some(told) = self.0.take() {
                let _ = told.send(());
            }
        }
    }

    fn endless() -> (impl Future<Output = Result<(), LoyaltyError>> + Send, oneshot::Receiver<()>) {
        let (told, dropped) = oneshot::channel();
        let guard = Dropped(Some(told));
        let work = async move {
            let _guard = guard;
            std::future::pending().await
        };
        (work, dropped)
    }

    fn in_time<T>(work: impl Future<Output = T>) -> T {
        let runtime = runtime().unwrap();
        runtime.block_on(async { tokio::time::timeout(Duration::from_secs(10), work).await.unwrap() })
    }

    #[test]
    fn a_panic_inside_becomes_a_typed_error() {
        let ended = in_time(run(None, async { if true { panic!("inside") } else { Ok(()) } }));
        assert_eq!(ended, Err(CallError::from(LoyaltyError::Internal)));
    }

    #[test]
    fn a_token_ends_the_call_and_its_work() {
        let token = CancelToken::new();
        let (work, dropped) = endless();
        let calling = runtime().unwrap().spawn(run(Some(Arc::clone(&token)), work));
        token.cancel();
        assert_eq!(in_time(calling).unwrap(), Err(CallError::from(LoyaltyError::Cancelled)));
        in_time(dropped).unwrap();
        let late = in_time(run(Some(token), async { Ok(()) }));
        assert_eq!(late, Err(CallError::from(LoyaltyError::Cancelled)));
    }

    #[test]
    fn work_with_a_used_token_does_not_even_begin() {
        let token = CancelToken::new();
        token.cancel();
        let begun = Arc::new(AtomicU32::new(0));
        // Whether another thread takes it up in time is chance, so it is given many.
        for _ in 0..2_000 {
            let begun = Arc::clone(&begun);
            let work = async move {
                begun.fetch_add(1, Ordering::Relaxed);
                Ok(())
            };
            let ended = in_time(run(Some(Arc::clone(&token)), work));
            assert_eq!(ended, Err(CallError::from(LoyaltyError::Cancelled)));
        }
        assert_eq!(begun.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn dropping_a_call_ends_its_work() {
        let (work, dropped) = endless();
        let calling = runtime().unwrap().spawn(run(None, work));
        calling.abort();
        in_time(dropped).unwrap();
    }
}
