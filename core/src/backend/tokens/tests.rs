//! Sessions that begin and end while requests wait.

#![cfg(feature = "gateway")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::{Issuer, Obtained, Pair, Tokens, Vault};
use crate::backend::BackendError;
use crate::system::MemorySecretStore;

/// Renews whatever it is shown, and counts.
#[derive(Debug, Default)]
struct Generous(AtomicU32);

impl Issuer for Generous {
    async fn refresh(&self, token: &SecretString) -> Result<Pair, BackendError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(pair(&format!("renewed from {}", token.expose_secret())))
    }

    async fn log_in(&self) -> Result<Pair, BackendError> {
        Err(BackendError::Unauthorized)
    }
}

fn pair(name: &str) -> Pair {
    Pair::new(name.to_owned().into(), Some(name.to_owned().into())).unwrap()
}

async fn signed_in() -> Arc<Tokens<Generous>> {
    let vault = Vault::new(Arc::new(MemorySecretStore::default()), "guest".to_owned());
    let tokens = Arc::new(Tokens::new(Generous::default(), vault));
    tokens.begin(pair("first")).await.unwrap();
    tokens
}

/// Lets a request whose tokens were refused ask for others, after `work` has got in line before it.
async fn refused_behind(
    tokens: &Arc<Tokens<Generous>>,
    work: impl Future<Output = Result<(), BackendError>> + Send + 'static,
) -> Obtained {
    let held = tokens.turn.lock().await;
    let current = tokens.current();
    let work = tokio::spawn(work);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let waiting = {
        let tokens = Arc::clone(tokens);
        tokio::spawn(async move { tokens.obtain(current.pair.as_ref(), current.session).await })
    };
    tokio::time::sleep(Duration::from_millis(50)).await;
    drop(held);
    work.await.unwrap().unwrap();
    waiting.await.unwrap()
}

#[tokio::test]
async fn whoever_signed_out_is_not_signed_in_again_by_a_request_that_was_waiting() {
    let tokens = signed_in().await;
    let ending = Arc::clone(&tokens);
    let obtained = refused_behind(&tokens, async move { ending.end().await }).await;
    assert!(matches!(obtained, Err(BackendError::Unauthorized)), "{obtained:?}");
    assert_eq!(tokens.issuer.0.load(Ordering::SeqCst), 0, "the old token was renewed");
    assert!(!tokens.has_pair().await.unwrap());
}

#[tokio::test]
async fn a_request_of_the_last_guest_is_not_repeated_with_the_tokens_of_the_next() {
    let tokens = signed_in().await;
    let beginning = Arc::clone(&tokens);
    let obtained = refused_behind(&tokens, async move { beginning.begin(pair("second")).await }).await;
    assert!(matches!(obtained, Err(BackendError::Unauthorized)), "{obtained:?}");
    let now = tokens.current();
    assert!(now.pair.unwrap().same(&pair("second")));
}

#[tokio::test]
async fn a_refused_request_of_the_same_session_gets_its_next_tokens() {
    let tokens = signed_in().await;
    let (obtained, _) = refused_behind(&tokens, async { Ok(()) }).await.unwrap();
    assert!(obtained.same(&pair("renewed from first")));
    assert_eq!(tokens.issuer.0.load(Ordering::SeqCst), 1);
}
