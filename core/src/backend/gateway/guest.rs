//! The guest's port over the gateway.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{CACHE_CONTROL, ETAG, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH};

use super::call::{PROFILE, RECEIPT, REGISTER, SNAPSHOT, TILL_CODE, TRANSACTIONS};
use super::client::{GatewayClient, decode};
use super::held::Part;
use super::session::Devices;
use super::wire::{self, Holdings, Page};
use crate::backend::{BackendError, Capabilities, GuestBackend};
use crate::domain::{
    Account, AccountUpdate, Balance, Consent, ProfileChange, Receipt, ReceiptRef, Registration, TillCode,
    Transaction, TransactionsQuery,
};
use crate::error_code::ErrorCode;

/// When ProBonus was read for a snapshot.
const AS_OF: HeaderName = HeaderName::from_static("loyalty-as-of");
/// The most rows that the gateway gives in a page.
const PAGE: u32 = 100;
/// A history that does not end after so many pages does not end at all.
const MOST_PAGES: u32 = 1_000;

impl GuestBackend for GatewayClient {
    fn capabilities(&self) -> Capabilities {
        // What the programme has not said yet is found out by trying: the gateway refuses with `Unsupported`.
        let features = self.inner.programme.get().map(|held| held.programme.features);
        Capabilities {
            keeps_consents: features.is_none_or(|features| features.registration),
            till_codes: features.is_none_or(|features| features.till_codes),
            conditional: true,
        }
    }

    fn skew(&self) -> Option<SignedDuration> {
        self.inner.link.http.skew()
    }

    async fn record_consents(&self, consents: &[Consent]) -> Result<(), BackendError> {
        for consent in consents.iter().filter(|consent| consent.in_force()) {
            self.give_consent(consent.kind, &consent.text_version).await?;
        }
        Ok(())
    }

    async fn sign_out(&self) -> Result<(), BackendError> {
        // By the client's own method, which says whether the gateway was told: here that decides nothing.
        GatewayClient::sign_out(self, Devices::This).await.map(drop)
    }

    fn as_of(&self) -> Option<Timestamp> {
        self.inner.held.as_of()
    }

    async fn account(&self) -> Result<Account, BackendError> {
        Ok(self.holdings().await?.account.clone())
    }

    async fn register(&self, newcomer: &Registration) -> Result<Account, BackendError> {
        newcomer.validate()?;
        if !newcomer.identifiers.is_empty() {
            return Err(BackendError::Unsupported);
        }
        let call = self.inner.link.call(&REGISTER).json(&wire::Form::new(&newcomer.profile))?;
        let registered = self.ask::<wire::Registered>(&call).await?;
        self.ask_anew();
        if registered.created {
            Ok(registered.account)
        } else {
            Err(BackendError::Conflict(ErrorCode::Conflict))
        }
    }

    async fn balance(&self) -> Result<Balance, BackendError> {
        let read = self.inner.held.part(Part::Balance, self.inner.clock.now());
        let holdings = match read {
            Some(holdings) => holdings,
            None => self.holdings().await?,
        };
        Ok(holdings.balance.clone())
    }

    async fn transactions(&self, query: TransactionsQuery) -> Result<Vec<Transaction>, BackendError> {
        match query {
            TransactionsQuery::Last(count) => match self.newest(count) {
                Some(rows) => Ok(rows),
                None => self.pages(Vec::new(), count).await,
            },
            TransactionsQuery::Period(period) => {
                let bounds = vec![("from", period.from.to_string()), ("to", period.to.to_string())];
                self.pages(bounds, u32::MAX).await
            }
        }
    }

    async fn receipt(&self, reference: &ReceiptRef) -> Result<Receipt, BackendError> {
        let call = self.inner.link.call(&RECEIPT).segment(&reference.0).ok_or(BackendError::NotFound)?;
        self.ask::<wire::WireReceipt>(&call).await
    }

    async fn update_profile(&self, change: &ProfileChange) -> Result<AccountUpdate, BackendError> {
        change.validate()?;
        let call = self.inner.link.call(&PROFILE).json(&wire::change(change))?;
        let update = self.ask::<wire::Updated>(&call).await?;
        self.ask_anew();
        Ok(update)
    }

    async fn till_code(&self) -> Result<TillCode, BackendError> {
        let call = self.inner.link.call(&TILL_CODE);
        self.ask::<wire::WireTillCode>(&call).await
    }
}

impl GatewayClient {
    /// Reads the snapshot, or hears that the one that is held is still good.
    async fn holdings(&self) -> Result<Arc<Holdings>, BackendError> {
        let before = self.inner.held.before();
        let mut call = self.inner.link.call(&SNAPSHOT);
        if let Some(etag) = &before.etag {
            call = call.header(IF_NONE_MATCH, etag.clone());
        }
        let anew = self.take_anew();
        if anew {
            call = call.header(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        }
        let answer = self.authorised(&call).await;
        if anew && answer.is_err() {
            self.ask_anew();
        }
        let reply = answer?;
        let (now, as_of) = (self.inner.clock.now(), instant(&reply.headers));
        if reply.status == 304
            && let Some(holdings) = self.inner.held.unchanged(&before, as_of, now)
        {
            return Ok(holdings);
        }
        let etag = reply.headers.get(ETAG).cloned();
        let (holdings, written) = decode::<wire::Snapshot>(&call, reply).await?;
        let holdings = Arc::new(holdings);
        self.inner.held.replace(&before, etag, &holdings, as_of.unwrap_or(written), now);
        Ok(holdings)
    }

    /// The newest rows, if the snapshot that was read just now has as many.
    fn newest(&self, count: u32) -> Option<Vec<Transaction>> {
        let count = usize::try_from(count).ok()?;
        let holdings = self.inner.held.part(Part::Newest, self.inner.clock.now())?;
        holdings.newest.get(..count).map(<[Transaction]>::to_vec)
    }

    /// Reads page after page until there are `most` rows or no more pages.
    async fn pages(
        &self,
        mut bounds: Vec<(&'static str, String)>,
        most: u32,
    ) -> Result<Vec<Transaction>, BackendError> {
        let mut rows: Vec<Transaction> = Vec::new();
        let wanted = usize::try_from(most).unwrap_or(usize::MAX);
        for _ in 0..MOST_PAGES {
            let left = u32::try_from(wanted.saturating_sub(rows.len())).unwrap_or(u32::MAX);
            if left == 0 {
                break;
            }
            let mut call = self.inner.link.call(&TRANSACTIONS).query("limit", &left.min(PAGE).to_string());
            for (name, value) in &bounds {
                call = call.query(name, value);
            }
            let Page { transactions, next } = self.ask::<wire::WirePage>(&call).await?;
            rows.extend(transactions);
            match next {
                // The cursor carries the period.
                Some(cursor) => bounds = vec![("cursor", cursor)],
                None => {
                    rows.truncate(wanted);
                    return Ok(rows);
                }
            }
        }
        if rows.len() < wanted {
            let (code, path) = (ErrorCode::ReplyTooLarge, TRANSACTIONS.name.to_owned());
            return Err(BackendError::Reply { code, path, field: "next".to_owned() });
        }
        rows.truncate(wanted);
        Ok(rows)
    }
}

fn instant(headers: &HeaderMap) -> Option<Timestamp> {
    headers.get(AS_OF)?.to_str().ok()?.parse().ok()
}
