//! `balance`, `history`, `receipt` over what is kept of one guest in a folder (`--cache`), with the server (which then
//! refreshes it) or without (`--offline`); and the end of it (`cache wipe`).

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use loyalty_core::backend::http::server_name;
use loyalty_core::backend::probonus::{ConfigError, ConfigProblem, ProBonusConfig};
use loyalty_core::backend::{BackendError, Capabilities, GuestBackend};
use loyalty_core::domain::{
    Account, AccountUpdate, Balance, Phone, ProfileChange, Receipt, ReceiptRef, Registration, TillCode,
    Transaction, TransactionsQuery,
};
use loyalty_core::guest::{self, GuestClient, GuestSession, PhoneLocks, Retention, SessionSettings};
use loyalty_core::ports::Clock;
use loyalty_core::system::{SystemClock, SystemIds};
use loyalty_core::{ErrorCode, LoyaltyError};
use serde::Serialize;

use super::reading::{self, Asked};
use crate::args::{Cli, Command, usual_cache};
use crate::documents::{BalanceDocument, HistoryDocument, ReceiptDocument, WipeDocument};
use crate::failure::Failure;
use crate::output::Out;
use crate::output::view::View;
use crate::provenance::Provenance;
use crate::session::{Session, patiently};
use crate::words::Words;
use crate::{connection, input, language};

/// Rows are taken from the cache in pages of this size.
const PAGE: u32 = 500;

/// One guest's session over a folder, and the reader it is shown to.
pub(super) struct Kept<B> {
    session: GuestSession<B>,
    /// Whether the server is asked.
    online: bool,
    view: View,
    json: bool,
}

/// What the folder keeps of a guest, refreshed by the server of this run.
pub(super) async fn over(
    session: &Session,
    phone: Phone,
    folder: &Path,
) -> Result<Kept<impl GuestBackend>, Failure> {
    let settings = settings(&session.view, session.view.calendar.start_of(session.history_since));
    let owner = owner(&session.server, phone);
    let kept = GuestSession::open(session.guest(phone), folder, &owner, settings, &SystemIds).await?;
    Ok(Kept { session: kept, online: true, view: session.view.clone(), json: session.json })
}

/// Runs a command that is to speak to nobody, without any credential; `None` for every other.
pub(super) async fn offline(cli: &Cli, out: &mut Out) -> Option<Result<(), Failure>> {
    let cache = match &cli.command {
        Command::Balance(args) => &args.cache,
        Command::History(args) => &args.cache,
        Command::Receipt(args) => &args.cache,
        _ => return None,
    };
    if !cache.offline {
        return None;
    }
    let Some(folder) = cache.folder(usual_cache().as_deref()) else { return Some(Err(no_folder())) };
    Some(read_offline(cli, &folder, out).await)
}

async fn read_offline(cli: &Cli, folder: &Path, out: &mut Out) -> Result<(), Failure> {
    let config = connection::configuration(cli)?;
    let calendar = config.terms().map_err(connection::refusal)?.calendar;
    let view = View::new(language::choose(cli.global.lang), calendar, SystemClock.now());
    let open = async |phone: &str| open_offline(&config, &view, cli.global.json, phone, folder).await;
    match &cli.command {
        Command::Balance(args) => balance(&open(&args.phone).await?, out).await,
        Command::History(args) => {
            let asked = Asked::read(args, &view, config.history_since)?;
            history(&open(&args.phone).await?, &asked, out).await
        }
        Command::Receipt(args) => {
            let reference = reading::reference(args)?;
            reading::owner(args)?;
            receipt(&open(args.phone.as_deref().unwrap_or_default()).await?, &reference, out).await
        }
        _ => Ok(()),
    }
}

async fn open_offline(
    config: &ProBonusConfig,
    view: &View,
    json: bool,
    phone: &str,
    folder: &Path,
) -> Result<Kept<NoServer>, Failure> {
    if config.url.is_empty() {
        let missing = ConfigError { key: "probonus.url".to_owned(), problem: ConfigProblem::Missing };
        return Err(connection::refusal(missing));
    }
    let owner = owner(&config.url, input::phone(phone)?);
    // Opening would remove what another guest has there, and nobody could read it again.
    if !GuestSession::<NoServer>::is_kept_for(folder, &owner)? {
        return Err(nothing_kept());
    }
    let client = GuestClient::new(NoServer, Arc::new(SystemClock), Arc::new(PhoneLocks::default()));
    let settings = settings(view, view.calendar.start_of(config.history_since));
    let session = GuestSession::open(client, folder, &owner, settings, &SystemIds).await?;
    Ok(Kept { session, online: false, view: view.clone(), json })
}

/// `cache wipe`
pub(super) async fn wipe(cli: &Cli, folder: Option<&Path>, out: &mut Out) -> Result<(), Failure> {
    let folder = folder.map(Path::to_owned).or_else(usual_cache).ok_or_else(|| {
        Failure::from(LoyaltyError::invalid("cache", ErrorCode::FieldEmpty))
            .detail("say which folder with --cache")
    })?;
    let wiped = GuestSession::<NoServer>::wipe(&folder).await?;
    if cli.global.json {
        return Ok(out.document(&WipeDocument { wiped })?);
    }
    let words = Words::of(language::choose(cli.global.lang));
    Ok(out.text(&format!("\n  {}\n\n", if wiped { words.wiped } else { words.nothing_to_wipe }))?)
}

/// What tells the guests of all servers apart.
fn owner(server: &str, phone: Phone) -> String {
    format!("{}\n{}", server_name(server), phone.e164())
}

fn settings(view: &View, history_since: Timestamp) -> SessionSettings {
    SessionSettings { calendar: view.calendar.clone(), history_since, retention: Some(Retention::default()) }
}

fn no_folder() -> Failure {
    Failure::from(LoyaltyError::invalid("cache", ErrorCode::FieldEmpty))
        .detail("without the server there is only what is kept: say where with --cache")
}

fn nothing_kept() -> Failure {
    Failure::from(LoyaltyError::Offline).detail("the folder keeps nothing about this guest")
}

impl<B: GuestBackend> Kept<B> {
    /// What the guest holds: from the server where it answers, else as it was kept.
    async fn latest(&self) -> Result<(guest::View, Provenance), Failure> {
        if !self.online {
            let view = self.session.snapshot().ok_or_else(nothing_kept)?;
            return Ok((view.clone(), Provenance::kept(&view, false)));
        }
        match patiently(self.session.refresh()).await {
            Ok(view) => {
                let provenance = Provenance::live(view.snapshot.as_of);
                Ok((view, provenance))
            }
            Err(error) if error.retryable() => {
                let view = self.session.snapshot().ok_or(error)?;
                Ok((view.clone(), Provenance::kept(&view, true)))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Prints a result as it is at `now`.
    fn show<D: Serialize>(
        &self,
        out: &mut Out,
        now: Timestamp,
        document: &D,
        text: impl FnOnce(&View) -> String,
    ) -> Result<(), Failure> {
        if self.json {
            return Ok(out.document(document)?);
        }
        Ok(out.text(&text(&View { now, ..self.view.clone() }))?)
    }

    /// What can wait until the answer is out.
    async fn tidy(&self, provenance: &Provenance) {
        if provenance.freshness() != "live" {
            return;
        }
        if let Err(error) = self.session.upkeep().await {
            tracing::info!(code = error.code().as_str(), "the cache was not gone through");
        }
    }
}

/// `balance`
pub(super) async fn balance<B: GuestBackend>(kept: &Kept<B>, out: &mut Out) -> Result<(), Failure> {
    let (latest, provenance) = kept.latest().await?;
    let document = BalanceDocument::new(&latest.snapshot.balance, &provenance);
    kept.show(out, latest.now, &document, |view| {
        view.balance(&latest.snapshot, &provenance) + &view.cautions(&latest)
    })?;
    kept.tidy(&provenance).await;
    Ok(())
}

/// `history`
pub(super) async fn history<B: GuestBackend>(
    kept: &Kept<B>,
    asked: &Asked,
    out: &mut Out,
) -> Result<(), Failure> {
    let (latest, provenance) = kept.latest().await?;
    let (rows, cut_short) = patiently(rows(&kept.session, asked)).await?;
    let next = asked.next(&kept.view.calendar, &rows);
    let cut = cut_short.as_ref().map(LoyaltyError::code);
    let document = HistoryDocument::new(&rows, next, &provenance, cut);
    kept.show(out, latest.now, &document, |view| view.history(&rows, &provenance, cut.is_some()))?;
    kept.tidy(&provenance).await;
    Ok(())
}

/// The rows that are asked for, and why they end early if they do.
async fn rows<B: GuestBackend>(
    session: &GuestSession<B>,
    asked: &Asked,
) -> Result<(Vec<Transaction>, Option<LoyaltyError>), LoyaltyError> {
    let mut rows: Vec<Transaction> = Vec::new();
    let mut cursor = None;
    loop {
        let left = match *asked {
            Asked::Newest(count) => count.saturating_sub(u32::try_from(rows.len()).unwrap_or(u32::MAX)),
            Asked::Within(_) => PAGE,
        };
        if left == 0 {
            return Ok((rows, None));
        }
        let page = match session.history(cursor, left.min(PAGE)).await {
            Err(error) if error.retryable() => return Ok((rows, Some(error))),
            page => page?,
        };
        let mut passed = false;
        for row in page.transactions {
            match *asked {
                Asked::Within(period) if row.at >= period.to => {}
                Asked::Within(period) if row.at < period.from => passed = true,
                _ => rows.push(row),
            }
        }
        if passed || page.cut_short.is_some() || page.next.is_none() {
            let cut_short = page.cut_short.filter(|_| !passed);
            return Ok((rows, cut_short));
        }
        cursor = page.next;
    }
}

/// `receipt`
pub(super) async fn receipt<B: GuestBackend>(
    kept: &Kept<B>,
    reference: &ReceiptRef,
    out: &mut Out,
) -> Result<(), Failure> {
    let receipt = patiently(kept.session.receipt(reference)).await;
    let receipt = receipt.map_err(|error| match error {
        LoyaltyError::Offline if !kept.online => {
            Failure::from(error).detail("this receipt is not kept: it is after it was looked at once")
        }
        error => error.into(),
    })?;
    kept.show(out, kept.view.now, &ReceiptDocument::from(&receipt), |view| view.receipt(&receipt))
}

/// In place of a server that nobody is to ask.
#[derive(Debug)]
struct NoServer;

impl GuestBackend for NoServer {
    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }

    async fn account(&self) -> Result<Account, BackendError> {
        Err(BackendError::Offline)
    }

    async fn register(&self, _: &Registration) -> Result<Account, BackendError> {
        Err(BackendError::Offline)
    }

    async fn balance(&self) -> Result<Balance, BackendError> {
        Err(BackendError::Offline)
    }

    async fn transactions(&self, _: TransactionsQuery) -> Result<Vec<Transaction>, BackendError> {
        Err(BackendError::Offline)
    }

    async fn receipt(&self, _: &ReceiptRef) -> Result<Receipt, BackendError> {
        Err(BackendError::Offline)
    }

    async fn update_profile(&self, _: &ProfileChange) -> Result<AccountUpdate, BackendError> {
        Err(BackendError::Offline)
    }

    async fn till_code(&self) -> Result<TillCode, BackendError> {
        Err(BackendError::Offline)
    }
}
