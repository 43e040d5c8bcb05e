//! Tokens that run out: kept in the secret store between two runs, and renewed once for all who wait.

mod pair;
#[cfg(test)]
mod tests;

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use secrecy::SecretString;

use super::BackendError;
use super::http::{Deadline, Reply};
#[cfg(feature = "probonus")]
pub(super) use pair::on_blocking_thread;
pub(super) use pair::{Pair, Vault, named_place};

/// Where pairs of tokens come from.
pub(super) trait Issuer: fmt::Debug + Send + Sync + 'static {
    /// A pair for a refresh token; [`BackendError::Unauthorized`] when the server wants to hear no more of it.
    fn refresh(&self, token: &SecretString) -> impl Future<Output = Result<Pair, BackendError>> + Send;
    /// A pair without a refresh token; [`BackendError::Unauthorized`] where only a person could help.
    fn log_in(&self) -> impl Future<Output = Result<Pair, BackendError>> + Send;
}

/// How a pair of tokens was come by, which decides what its refusal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// It was there: it may have run out long ago.
    Found,
    /// The server has just given it: if it is refused, so are we.
    Renewed,
}

type Obtained = Result<(Arc<Pair>, Source), BackendError>;

/// The tokens of one login.
#[derive(Debug)]
pub(super) struct Tokens<I> {
    issuer: I,
    vault: Vault,
    current: RwLock<Current>,
    /// How many turns have ended.
    turns: AtomicU64,
    turn: tokio::sync::Mutex<Turn>,
}

/// The pair in use, and whose it is.
#[derive(Debug, Clone, Default)]
struct Current {
    pair: Option<Arc<Pair>>,
    /// Counts the sessions that began and ended. What was asked in one of them is not answered with the tokens of the
    /// next: that may be another guest.
    session: u64,
}

/// One renewal at a time; who waited for it takes its outcome.
#[derive(Debug, Default)]
struct Turn {
    outcome: Option<Obtained>,
    /// A pair that the server gave and the store did not take: the old one may be dead already.
    unsaved: Option<(Arc<Pair>, Origin)>,
}

/// What a new pair is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// The same session's next one.
    Renewal,
    /// Another session's first one.
    Beginning,
}

impl<I: Issuer> Tokens<I> {
    pub(super) fn new(issuer: I, vault: Vault) -> Self {
        Self {
            issuer,
            vault,
            current: RwLock::default(),
            turns: AtomicU64::new(0),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// Sends a request with authorisation. After a 401 the tokens are renewed and the request repeated: a refused
    /// request changed nothing, so that holds for writes as well. All of it ends by `deadline`.
    pub(super) async fn authorised<F>(
        self: &Arc<Self>,
        deadline: Deadline,
        send: impl Fn(Arc<Pair>) -> F + Send + Sync,
    ) -> Result<Reply, BackendError>
    where
        F: Future<Output = Result<Reply, BackendError>> + Send,
    {
        // Whoever waits for a renewal in vain has sent nothing, or was refused.
        let Current { pair, session } = self.current();
        let renewed = async |refused: Option<&Arc<Pair>>| {
            deadline.limit(self.obtain(refused, session)).await.unwrap_or(Err(BackendError::Timeout))
        };
        let (mut pair, mut source) = match pair {
            Some(pair) => (pair, Source::Found),
            None => renewed(None).await?,
        };
        // A found pair, another process's pair, a renewed one: no call needs more than three.
        for _ in 0..2 {
            match send(Arc::clone(&pair)).await {
                Err(BackendError::Unauthorized) if source == Source::Found => {
                    (pair, source) = renewed(Some(&pair)).await?;
                }
                answer => return answer,
            }
        }
        send(pair).await
    }

    fn current(&self) -> Current {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_current(&self, pair: Option<Arc<Pair>>, origin: Origin) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        current.pair = pair;
        current.session = current.session.wrapping_add(u64::from(origin == Origin::Beginning));
    }

    /// A pair of this session other than the refused one. Runs to its end even when the caller gives up: a renewal that the server
    /// has seen and we have not kept would sign everybody out.
    async fn obtain(self: &Arc<Self>, refused: Option<&Arc<Pair>>, session: u64) -> Obtained {
        let (tokens, refused) = (Arc::clone(self), refused.cloned());
        let seen = self.turns.load(Ordering::Acquire);
        let task = tokio::spawn(async move {
            let mut turn = tokens.turn.lock().await;
            // Renewed now, the tokens of a guest who has left would come to life again.
            if tokens.current().session != session {
                return Err(BackendError::Unauthorized);
            }
            if tokens.turns.load(Ordering::Acquire) != seen
                && let Some(outcome) = &turn.outcome
            {
                return outcome.clone();
            }
            let outcome = tokens.take_turn(refused.as_ref(), &mut turn).await;
            turn.outcome = Some(outcome.clone());
            tokens.turns.fetch_add(1, Ordering::Release);
            if tokens.current().session == session { outcome } else { Err(BackendError::Unauthorized) }
        });
        task.await.unwrap_or(Err(BackendError::Internal))
    }

    async fn take_turn(&self, refused: Option<&Arc<Pair>>, turn: &mut Turn) -> Obtained {
        let other = |pair: &Arc<Pair>| refused.is_none_or(|refused| !pair.same(refused));
        if let Some((pair, origin)) = turn.unsaved.clone() {
            return self.keep(pair, origin, turn).await;
        }
        if let Some(pair) = self.current().pair.filter(other) {
            return Ok((pair, Source::Renewed));
        }
        if let Some(pair) = self.stored().await?.filter(other) {
            self.set_current(Some(Arc::clone(&pair)), Origin::Renewal);
            return Ok((pair, Source::Found));
        }
        if let Some(refresh) = refused.and_then(|pair| pair.refresh()) {
            match self.issuer.refresh(refresh).await {
                Ok(pair) => {
                    return self.keep(Arc::new(pair.or_refresh(refresh)), Origin::Renewal, turn).await;
                }
                Err(BackendError::Unauthorized) => {}
                Err(error) => return Err(error),
            }
            // Somebody else may have been faster, and our refresh token is dead because of it.
            if let Some(pair) = self.stored().await?.filter(other) {
                self.set_current(Some(Arc::clone(&pair)), Origin::Renewal);
                return Ok((pair, Source::Found));
            }
        }
        let pair = self.issuer.log_in().await?;
        self.keep(Arc::new(pair), Origin::Renewal, turn).await
    }

    async fn stored(&self) -> Result<Option<Arc<Pair>>, BackendError> {
        Ok(self.vault.read().await?.map(Arc::new))
    }

    /// Saves a new pair, and only then lets it be used.
    async fn keep(&self, pair: Arc<Pair>, origin: Origin, turn: &mut Turn) -> Obtained {
        turn.unsaved = Some((Arc::clone(&pair), origin));
        self.vault.save(&pair).await?;
        turn.unsaved = None;
        self.set_current(Some(Arc::clone(&pair)), origin);
        Ok((pair, Source::Renewed))
    }
}

/// What only a guest's session needs: it begins and ends by the guest's hand.
#[cfg(feature = "gateway")]
impl<I: Issuer> Tokens<I> {
    /// Begins a session with a pair that the server has just given: saves it, and only then lets it be used. Runs to
    /// its end even when the caller gives up.
    pub(super) async fn begin(self: &Arc<Self>, pair: Pair) -> Result<(), BackendError> {
        let tokens = Arc::clone(self);
        let task = tokio::spawn(async move {
            let mut turn = tokens.turn.lock().await;
            let kept = tokens.keep(Arc::new(pair), Origin::Beginning, &mut turn).await;
            turn.outcome = None;
            kept.map(|_| ())
        });
        task.await.unwrap_or(Err(BackendError::Internal))
    }

    /// Forgets the pair, here and in the store.
    pub(super) async fn end(&self) -> Result<(), BackendError> {
        let mut turn = self.turn.lock().await;
        self.vault.delete().await?;
        *turn = Turn::default();
        self.set_current(None, Origin::Beginning);
        Ok(())
    }

    /// Whether there is a pair, here or in the store.
    pub(super) async fn has_pair(&self) -> Result<bool, BackendError> {
        Ok(self.current().pair.is_some() || self.stored().await?.is_some())
    }
}
