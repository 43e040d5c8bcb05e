//! Writes as the outbox keeps them.

use jiff::Timestamp;
use loyalty_core::LoyaltyError;
use loyalty_core::domain::{Bonus, WriteRecord, WriteTarget};
use loyalty_core::operator::{GroupReport, Salvage, SettleReport};
use serde::Serialize;
use uuid::Uuid;

/// `outbox show`, `outbox resend`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecordDocument {
    key: Uuid,
    method: &'static str,
    state: &'static str,
    account_id: Option<i64>,
    group_id: Option<i64>,
    /// What one application does to an account's balance.
    effect: i64,
    // As the flag is called.
    #[serde(rename = "restCode")]
    venue_code: Option<i64>,
    external_check: Option<String>,
    group_key: Option<Uuid>,
    prepared_at: Timestamp,
    settled_at: Option<Timestamp>,
    attempts: u32,
    looks: u32,
    seen: u32,
    /// What was applied too much; only of a duplicate.
    take_back: Option<i64>,
    /// The server's last no.
    refusal: Option<&'static str>,
    transaction_ids: Vec<i64>,
    balance: Option<i64>,
    closed: bool,
}

impl From<&WriteRecord> for RecordDocument {
    fn from(record: &WriteRecord) -> Self {
        let (account_id, group_id) = match record.target {
            WriteTarget::Account(account) => (Some(account.0), None),
            WriteTarget::Group(group) => (None, Some(group.0)),
        };
        let purchase = record.purchase.as_ref();
        Self {
            key: record.key,
            method: record.method.as_str(),
            state: record.state.as_str(),
            account_id,
            group_id,
            effect: record.effect.hundredths(),
            venue_code: purchase.map(|(code, _)| *code),
            external_check: purchase.map(|(_, number)| number.clone()),
            group_key: record.group_key,
            prepared_at: record.prepared_at,
            settled_at: record.settled_at,
            attempts: record.attempts,
            looks: record.looks,
            seen: record.seen,
            take_back: record.take_back().map(Bonus::hundredths),
            refusal: record.refusal.as_ref().map(|refusal| refusal.code.as_str()),
            transaction_ids: record.outcome.transaction_ids.iter().map(|id| id.0).collect(),
            balance: record.outcome.balance.map(Bonus::hundredths),
            closed: record.closed,
        }
    }
}

/// `outbox list`
#[derive(Debug, Serialize)]
pub(crate) struct RecordsDocument {
    writes: Vec<RecordDocument>,
    /// Whether there are further ones.
    more: bool,
}

impl RecordsDocument {
    pub(crate) fn new(records: &[WriteRecord], more: bool) -> Self {
        Self { writes: records.iter().map(RecordDocument::from).collect(), more }
    }
}

/// `outbox settle`
#[derive(Debug, Serialize)]
pub(crate) struct SettledDocument {
    /// How many accounts were looked at.
    looked: u64,
    /// How many requests were made.
    sent: u64,
    /// What is open afterwards, by state.
    open: OpenDocument,
    /// Why it stopped before the end.
    stopped: Option<&'static str>,
}

/// How many writes are open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct OpenDocument {
    pub(crate) prepared: u64,
    pub(crate) unknown: u64,
    pub(crate) duplicate: u64,
}

impl SettledDocument {
    pub(crate) fn new(report: &SettleReport, open: OpenDocument) -> Self {
        let stopped = report.stopped.as_ref().map(|error| error.code().as_str());
        Self { looked: report.looked, sent: report.sent, open, stopped }
    }
}

/// `outbox forget`
#[derive(Debug, Serialize)]
pub(crate) struct ForgottenDocument {
    pub(crate) key: Uuid,
}

/// `outbox recover`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SalvageDocument {
    /// Whether there was anything to recover.
    damaged: bool,
    /// Whether the outbox goes on with what could be read.
    accepted: bool,
    settled: u64,
    /// Writes that are unknown now, or would be.
    unknown: Vec<RecordDocument>,
    unreadable: u64,
    /// Group operations that lost some of their writes.
    lost_parts: Vec<LostPartsDocument>,
}

/// A group operation that lost some of its writes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LostPartsDocument {
    group_key: Uuid,
    lost: u64,
}

impl SalvageDocument {
    pub(crate) fn new(salvage: Option<&Salvage>, accepted: bool) -> Self {
        let unsettled = salvage.map(|salvage| salvage.unsettled.as_slice()).unwrap_or_default();
        Self {
            damaged: salvage.is_some(),
            accepted: accepted && salvage.is_some(),
            settled: salvage.map_or(0, |salvage| salvage.settled),
            unknown: unsettled.iter().map(RecordDocument::from).collect(),
            unreadable: salvage.map_or(0, |salvage| salvage.unreadable),
            lost_parts: salvage
                .map(|salvage| salvage.lost_parts.as_slice())
                .unwrap_or_default()
                .iter()
                .map(|group| LostPartsDocument { group_key: group.key, lost: group.lost })
                .collect(),
        }
    }
}

/// `operation …-group`, one write an account
#[derive(Debug, Serialize)]
pub(crate) struct GroupReportDocument {
    key: Uuid,
    accounts: u64,
    accepted: u64,
    rejected: u64,
    unknown: u64,
    duplicate: u64,
    waiting: u64,
    lost: u64,
}

impl GroupReportDocument {
    pub(crate) fn new(key: Uuid, report: GroupReport) -> Self {
        let GroupReport { accounts, accepted, rejected, unknown, duplicate, waiting, lost } = report;
        Self { key, accounts, accepted, rejected, unknown, duplicate, waiting, lost }
    }
}

/// `check register --file`
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImportDocument {
    pub(crate) dry_run: bool,
    pub(crate) rows: u64,
    pub(crate) money_spent: i64,
    pub(crate) bonus_accrued: i64,
    pub(crate) bonus_spent: i64,
    /// Rows that were in the outbox before.
    pub(crate) known: u64,
    pub(crate) accepted: u64,
    pub(crate) rejected: u64,
    pub(crate) unknown: u64,
    pub(crate) duplicate: u64,
    pub(crate) waiting: u64,
    /// Every row that is not accepted.
    pub(crate) problems: Vec<ImportProblem>,
    /// Why it stopped before all were sent.
    pub(crate) stopped: Option<&'static str>,
}

/// A row of an import that is not accepted.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ImportProblem {
    /// Its line in the file.
    pub(crate) line: u64,
    pub(crate) key: Uuid,
    /// `null` where it could not be taken into the outbox.
    pub(crate) state: Option<&'static str>,
    pub(crate) code: Option<&'static str>,
}

impl ImportProblem {
    /// A row that was not taken.
    pub(crate) fn refused(line: u64, key: Uuid, error: &LoyaltyError) -> Self {
        Self { line, key, state: None, code: Some(error.code().as_str()) }
    }

    /// A row that is in the outbox.
    pub(crate) fn of(line: u64, record: &WriteRecord) -> Self {
        let code = record.refusal.as_ref().map(|refusal| refusal.code.as_str());
        Self { line, key: record.key, state: Some(record.state.as_str()), code }
    }
}
