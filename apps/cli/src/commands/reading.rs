//! `balance`, `history`, `receipt`: what a guest holds and what happened, from the server.

use jiff::civil::Date;
use loyalty_core::backend::OperatorBackend;
use loyalty_core::backend::probonus::all_transactions;
use loyalty_core::domain::{BusinessCalendar, Period, Phone, ReceiptRef, Transaction, TransactionsQuery};
use loyalty_core::{ErrorCode, LoyaltyError};

use super::kept;
use crate::args::{BalanceArgs, HistoryArgs, ReceiptArgs};
use crate::documents::{BalanceDocument, HistoryDocument, ReceiptDocument};
use crate::failure::Failure;
use crate::input;
use crate::output::Out;
use crate::output::view::View;
use crate::provenance::Provenance;
use crate::session::Session;

/// How much history is shown when nobody says.
const NEWEST: u32 = 20;

/// `balance`
pub(super) async fn balance(session: &Session, args: &BalanceArgs, out: &mut Out) -> Result<(), Failure> {
    let phone = input::phone(&args.phone)?;
    if let Some(folder) = args.cache.folder(session.cache.as_deref()) {
        return kept::balance(&kept::over(session, phone, &folder).await?, out).await;
    }
    let snapshot = session.read(session.guest(phone).refresh()).await?;
    let provenance = Provenance::live(session.now());
    let document = BalanceDocument::new(&snapshot.balance, &provenance);
    session.show(out, &document, |view| view.balance(&snapshot, &provenance))
}

/// `history`
pub(super) async fn history(session: &Session, args: &HistoryArgs, out: &mut Out) -> Result<(), Failure> {
    let phone = input::phone(&args.phone)?;
    let asked = Asked::read(args, &session.view, session.history_since)?;
    if let Some(folder) = args.cache.folder(session.cache.as_deref()) {
        return kept::history(&kept::over(session, phone, &folder).await?, &asked, out).await;
    }
    let rows = match asked {
        Asked::Newest(count) => {
            session.read(session.guest(phone).history(TransactionsQuery::Last(count))).await?
        }
        Asked::Within(period) => session.read(rows_within(session, phone, period)).await?,
    };
    let provenance = Provenance::live(session.now());
    let next = asked.next(&session.view.calendar, &rows);
    let document = HistoryDocument::new(&rows, next, &provenance, None);
    session.show(out, &document, |view| view.history(&rows, &provenance, false))
}

/// `receipt`
pub(super) async fn receipt(session: &Session, args: &ReceiptArgs, out: &mut Out) -> Result<(), Failure> {
    let reference = reference(args)?;
    if let Some(folder) = args.cache.folder(session.cache.as_deref()) {
        let guest = kept::over(session, owner(args)?, &folder).await?;
        return kept::receipt(&guest, &reference, out).await;
    }
    let receipt = session.read(session.operator.directory().receipt(&reference)).await?;
    session.show(out, &ReceiptDocument::from(&receipt), |view| view.receipt(&receipt))
}

/// The receipt that is asked for.
pub(super) fn reference(args: &ReceiptArgs) -> Result<ReceiptRef, LoyaltyError> {
    if args.id.trim().is_empty() {
        return Err(LoyaltyError::invalid("id", ErrorCode::FieldEmpty));
    }
    Ok(ReceiptRef(args.id.clone()))
}

/// Whose receipt it is: a cache is one guest's.
pub(super) fn owner(args: &ReceiptArgs) -> Result<Phone, Failure> {
    let Some(phone) = &args.phone else {
        let missing = Failure::from(LoyaltyError::invalid("phone", ErrorCode::FieldEmpty));
        return Err(missing.detail("a cache belongs to one guest: say with --phone whose receipt it is"));
    };
    Ok(input::phone(phone)?)
}

/// Which part of a history.
#[derive(Debug, Clone, Copy)]
pub(super) enum Asked {
    Newest(u32),
    Within(Period),
}

impl Asked {
    pub(super) fn read(args: &HistoryArgs, view: &View, since: Date) -> Result<Self, LoyaltyError> {
        if args.from.is_none() && args.to.is_none() {
            return Ok(Self::Newest(args.last.unwrap_or(NEWEST)));
        }
        let day = |field, text: &Option<String>, default| {
            text.as_deref().map_or(Ok(default), |text| input::date(field, text))
        };
        let from = day("from", &args.from, since)?;
        let to = day("to", &args.to, view.today())?;
        Ok(Self::Within(input::period(&view.calendar, from, to)?))
    }

    /// The newest N end somewhere within a day, so going on means asking up to and including that day.
    pub(super) fn next(&self, calendar: &BusinessCalendar, rows: &[Transaction]) -> Option<Date> {
        let Self::Newest(asked) = *self else { return None };
        let full = u32::try_from(rows.len()).is_ok_and(|rows| rows >= asked);
        rows.last().filter(|_| full).map(|oldest| calendar.business_day(oldest.at))
    }
}

/// All rows of a period. Read in windows that go back, which never meet a server's limit of rows.
async fn rows_within(
    session: &Session,
    phone: Phone,
    period: Period,
) -> Result<Vec<Transaction>, LoyaltyError> {
    let account = session.operator.find(phone).await?;
    let mut pages = all_transactions(session.operator.directory(), account.id);
    let mut rows = Vec::new();
    while let Some(page) = pages.next_page().await? {
        rows.extend(page.rows.into_iter().filter(|row| (period.from..period.to).contains(&row.at)));
        if page.period.from <= period.from {
            break;
        }
    }
    Ok(rows)
}
