//! `outbox …`

use loyalty_core::LoyaltyError;
use loyalty_core::domain::WriteState;
use loyalty_core::operator::{SettleReport, SettleScope, WriteFilter};
use uuid::Uuid;

use crate::args::{OutboxCommand, StateArg};
use crate::documents::{
    ForgottenDocument, OpenDocument, RecordDocument, RecordsDocument, SalvageDocument, SettledDocument,
};
use crate::failure::Failure;
use crate::output::Out;
use crate::session::Session;

pub(super) async fn run(session: &Session, command: &OutboxCommand, out: &mut Out) -> Result<(), Failure> {
    session.needs_outbox()?;
    match command {
        OutboxCommand::List { all, state, limit } => {
            let filter = match (all, state) {
                (true, _) => WriteFilter::All,
                (false, Some(state)) => WriteFilter::State((*state).into()),
                (false, None) => WriteFilter::Open,
            };
            let mut records = session.read(session.operator.list(filter, limit.saturating_add(1))).await?;
            let shown = usize::try_from(*limit).unwrap_or(usize::MAX);
            let more = records.len() > shown;
            records.truncate(shown);
            session.show(out, &RecordsDocument::new(&records, more), |view| view.records(&records, more))
        }
        OutboxCommand::Show { key } => {
            let record = session.read(session.operator.show(*key)).await?;
            session.show(out, &RecordDocument::from(&record), |view| view.record(&record))
        }
        OutboxCommand::Settle { due } => settle(session, *due, out).await,
        OutboxCommand::Resend { key } => resend(session, *key, out).await,
        OutboxCommand::Forget { key } => {
            session.read(session.operator.forget(*key)).await?;
            session.show(out, &ForgottenDocument { key: *key }, |view| view.forgotten(*key))
        }
        OutboxCommand::Recover { accept } => recover(session, *accept, out).await,
    }
}

async fn settle(session: &Session, due: bool, out: &mut Out) -> Result<(), Failure> {
    let mut report = session.read(scoped(session, SettleScope::Due)).await?;
    if !due && report.can_go_on() {
        let more = session.read(scoped(session, SettleScope::Unknown)).await?;
        report.looked = report.looked.saturating_add(more.looked);
        report.sent = report.sent.saturating_add(more.sent);
        report.stopped = more.stopped.or(report.stopped);
    }
    let open = open(session).await?;
    session.show(out, &SettledDocument::new(&report, open), |view| view.settled(&report, open))?;
    match report.stopped {
        None => Ok(()),
        // People have not been told why yet, programs have.
        Some(error) if session.json => Err(Failure::from(error).told()),
        Some(error) => Err(error.into()),
    }
}

async fn scoped(session: &Session, scope: SettleScope) -> Result<SettleReport, LoyaltyError> {
    let settled = session.operator.settle(scope).await?;
    settled.ok_or(LoyaltyError::Timeout { code: loyalty_core::ErrorCode::WriteQueued })
}

async fn open(session: &Session) -> Result<OpenDocument, Failure> {
    let mut open = OpenDocument::default();
    for record in session.operator.list(WriteFilter::Open, u32::MAX).await? {
        let count = match record.state {
            WriteState::Unknown => &mut open.unknown,
            WriteState::Duplicate => &mut open.duplicate,
            _ => &mut open.prepared,
        };
        *count = count.saturating_add(1);
    }
    Ok(open)
}

async fn resend(session: &Session, key: Uuid, out: &mut Out) -> Result<(), Failure> {
    let record = session.write_keyed(key, session.operator.resend(key)).await?;
    session.show(out, &RecordDocument::from(&record), |view| view.record(&record))
}

async fn recover(session: &Session, accept: bool, out: &mut Out) -> Result<(), Failure> {
    let salvage = if accept {
        session.read(session.operator.recover()).await?
    } else {
        session.read(session.operator.damage()).await?
    };
    session.show(out, &SalvageDocument::new(salvage.as_ref(), accept), |view| {
        view.salvage(salvage.as_ref(), accept)
    })
}

impl From<StateArg> for WriteState {
    fn from(state: StateArg) -> Self {
        match state {
            StateArg::Prepared => Self::Prepared,
            StateArg::Sent => Self::Sent,
            StateArg::Unknown => Self::Unknown,
            StateArg::Accepted => Self::Accepted,
            StateArg::Rejected => Self::Rejected,
            StateArg::Duplicate => Self::Duplicate,
        }
    }
}
