//! Where the work runs, and how it is given up.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use loyalty_core::LoyaltyError;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

use crate::error::CallError;

/// Two, because one may be busy with a large answer while the other serves the screen.
const THREADS: usize = 2;

static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();

/// The runtime of this library, which lives as long as the process.
pub(crate) fn runtime() -> Result<&'static Runtime, LoyaltyError> {
    let start = || {
        Builder::new_multi_thread().worker_threads(THREADS).thread_name("loyalty").enable_all().build().ok()
    };
    RUNTIME.get_or_init(start).as_ref().ok_or(LoyaltyError::Internal)
}

/// Runs `work` on this library's threads until it ends, the caller drops the returned future, or `cancel` is used. A
/// panic inside becomes `Internal`.
pub(crate) async fn run<T: Send + 'static>(
    cancel: Option<Arc<CancelToken>>,
    work: impl Future<Output = Result<T, LoyaltyError>> + Send + 'static,
) -> Result<T, CallError> {
    let (boxed, ended) = boxed(work);
    let _task = Task(runtime()?.spawn(boxed));
    let cancelled = async move {
        match cancel {
            Some(token) => token.used().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        () = cancelled => Err(LoyaltyError::Cancelled.into()),
        // Nothing comes of work that panicked.
        outcome = ended => Ok(outcome.unwrap_or(Err(LoyaltyError::Internal))?),
    }
}

/// Runs `work` to its end even when the caller gives up: what it changes belongs together.
pub(crate) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, LoyaltyError>> + Send + 'static,
) -> Result<T, LoyaltyError> {
    let (boxed, ended) = boxed(work);
    tokio::spawn(boxed);
    ended.await.unwrap_or(Err(LoyaltyError::Internal))
}

/// Work of one type whatever comes of it: tokio's machinery around a task is compiled for each type of task, and there is
/// a call for every thing that a guest can do.
type Boxed = Pin<Box<dyn Future<Output = ()> + Send>>;

fn boxed<T: Send + 'static>(
    work: impl Future<Output = Result<T, LoyaltyError>> + Send + 'static,
) -> (Boxed, oneshot::Receiver<Result<T, LoyaltyError>>) {
    let (told, ended) = oneshot::channel();
    // Nobody may be waiting any more.
    (Box::pin(async move { drop(told.send(work.await)) }), ended)
}

/// A task that ends when nobody waits for it.
struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Gives up a call from outside, for languages whose own cancellation does not reach it. May be handed to several calls.
#[derive(Debug, uniffi::Object)]
pub struct CancelToken(watch::Sender<bool>);

#[uniffi::export]
impl CancelToken {
    /// A token that was not used yet.
    #[uniffi::constructor]
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::new(Self(watch::channel(false).0))
    }

    /// Ends the calls that have this token, and those that get it later, with `Cancelled`.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }
}

impl CancelToken {
    async fn used(&self) {
        // The sender lives as long as `self`.
        let _ = self.0.subscribe().wait_for(|used| *used).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
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
    fn dropping_a_call_ends_its_work() {
        let (work, dropped) = endless();
        let calling = runtime().unwrap().spawn(run(None, work));
        calling.abort();
        in_time(dropped).unwrap();
    }
}
