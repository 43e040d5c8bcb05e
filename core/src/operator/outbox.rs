//! What a person does with the outbox: look into it, decide about a write, recover what was damaged.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use uuid::Uuid;

use super::{Operator, Salvage, WriteFilter};
use crate::backend::OperatorBackend;
use crate::backend::server_name;
use crate::domain::{Patience, WriteRecord, WriteState, WriteTarget};
use crate::error::LoyaltyError;
use crate::error_code::ErrorCode;
use crate::store::{StoreError, outbox};

/// Requests at once, unless configured.
const CONCURRENCY: NonZeroUsize = NonZeroUsize::new(8).unwrap();

/// Where the outbox is and how it is worked through.
#[derive(Debug, Clone)]
pub struct OutboxOptions {
    /// The file. Its folder is created; beside it lives the lock of whoever sends. It must be on a local disk.
    ///
    /// One file for all that write one kind of thing to one server: two outboxes know nothing of each other, and the
    /// server takes the same purchase from both.
    pub path: PathBuf,
    /// A name of the server. The outbox of one server is never opened for another: its writes would go to the wrong
    /// guests.
    pub server: String,
    /// How long to wait before something counts as evidence.
    pub patience: Patience,
    /// How many requests at once. Writes to one account always leave one after the other.
    pub concurrency: NonZeroUsize,
}

impl OutboxOptions {
    /// The usual ones for the outbox at `path` of the server with this address, however it is spelled.
    #[must_use]
    pub fn at(path: impl Into<PathBuf>, server: &str) -> Self {
        let (server, patience) = (server_name(server), Patience::USUAL);
        Self { path: path.into(), server, patience, concurrency: CONCURRENCY }
    }
}

impl<B: OperatorBackend> Operator<B> {
    /// Writes in the outbox, oldest first, `limit` at most.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn list(&self, filter: WriteFilter, limit: u32) -> Result<Vec<WriteRecord>, LoyaltyError> {
        Ok(self.outbox().await?.records(filter, limit).await?)
    }

    /// One write.
    ///
    /// # Errors
    /// `NotFound`; `Storage`.
    pub async fn show(&self, key: Uuid) -> Result<WriteRecord, LoyaltyError> {
        let record = self.outbox().await?.record(key).await?;
        record.ok_or(LoyaltyError::NotFound { code: ErrorCode::NotFound })
    }

    /// Sends a write again whose outcome is unknown: a person's decision, because it may have been applied. Looks for it
    /// once more before, and does not send what is found. Where the account's history cannot be read at all, while the
    /// server answers, the person's word stands alone.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when the write is in another state, also when the look has just shown that it was applied;
    /// `Storage`, with `storage_busy` while another process sends; those of [`Operator::write`].
    pub async fn resend(&self, key: Uuid) -> Result<WriteRecord, LoyaltyError> {
        let WriteRecord { target, state, closed, .. } = self.show(key).await?;
        let open = state == WriteState::Unknown && !closed;
        if open && let WriteTarget::Account(account) = target {
            let Some(turn) = self.take_turn().await? else { return Err(StoreError::Busy.into()) };
            if let Some(error) = self.look_at(&turn, &[account]).await? {
                return Err(error.into());
            }
        }
        // The look may have proven that it is not there: then it waits to be sent already.
        let waits = open && self.show(key).await?.state == WriteState::Prepared;
        if !waits && !self.outbox().await?.resend(key).await? {
            return Err(LoyaltyError::Conflict { code: ErrorCode::Conflict });
        }
        self.sent_through(key, target).await
    }

    /// Takes a write off the list of open ones: a person's decision. A write that was certainly not applied is removed
    /// together with its key; of any other the key, the state and the outcome stay, and it is never sent again.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when it is on its way; `Storage`, with `storage_busy` while another process sends.
    pub async fn forget(&self, key: Uuid) -> Result<(), LoyaltyError> {
        self.show(key).await?;
        // Whatever a dead process has left on its way is settled first.
        let Some(_turn) = self.take_turn().await? else { return Err(StoreError::Busy.into()) };
        if self.outbox().await?.forget(key).await? {
            return Ok(());
        }
        Err(LoyaltyError::Conflict { code: ErrorCode::Conflict })
    }

    /// What can be read of an outbox that was damaged; `None` when none was. Changes nothing.
    ///
    /// # Errors
    /// `Storage`, with `storage_busy` while another process sends or recovers.
    pub async fn damage(&self) -> Result<Option<Salvage>, LoyaltyError> {
        // Opening is what finds out that it is damaged.
        match self.outbox().await {
            Err(error) if error.code() != ErrorCode::OutboxLost => return Err(error),
            _ => {}
        }
        let path = self.options.path.clone();
        let examined = tokio::task::spawn_blocking(move || outbox::examine(&path)).await;
        Ok(examined.unwrap_or(Err(StoreError::Internal))?)
    }

    /// Makes a new outbox of what can be read of the damaged one: a person's decision, because what cannot be read may
    /// have been sent. What was not settled is unknown afterwards; writes under keys that may have been among the lost
    /// ones begin as unknown, and are looked for before they are sent. The damaged file is kept beside. `None` when
    /// there is nothing to recover.
    ///
    /// This operator goes on with the new outbox only if it had not opened the damaged one.
    ///
    /// # Errors
    /// `Storage`, with `storage_busy` while another process sends, and when it is another server's.
    pub async fn recover(&self) -> Result<Option<Salvage>, LoyaltyError> {
        Ok(outbox::recover(&self.options.path, &self.options.server, self.moment()).await?)
    }
}
