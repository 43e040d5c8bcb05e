//! The list of all accounts, page by page.

use std::collections::HashSet;

use crate::backend::{BackendError, OperatorBackend};
use crate::domain::{Account, AccountId};

/// Accounts are asked for in pages of this size; a server may have a limit of its own.
const PAGE: u32 = 500;

/// A reading of the list.
#[derive(Debug, Default)]
pub(super) struct AccountPages {
    seen: HashSet<AccountId>,
    offset: u64,
}

impl AccountPages {
    /// The next accounts; `None` at the end. No account comes twice.
    pub(super) async fn next<B: OperatorBackend>(
        &mut self,
        backend: &B,
    ) -> Result<Option<Vec<Account>>, BackendError> {
        let mut page = backend.accounts(self.offset, PAGE).await?;
        self.offset = self.offset.saturating_add(u64::try_from(page.len()).unwrap_or(u64::MAX));
        // A shorter page is no sign of the end. Nothing new is: a server that does not count would give its first page
        // for ever.
        page.retain(|account| self.seen.insert(account.id));
        Ok(Some(page).filter(|page| !page.is_empty()))
    }
}
