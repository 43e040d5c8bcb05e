//! `me …`: a guest through a gateway, as an app on their phone would be.

use loyalty_core::backend::BackendError;
use loyalty_core::backend::gateway::{CodeSent, Devices, SignOut};
use loyalty_core::domain::{IssuedIdentifier, Phone, ReceiptRef, Transaction, TransactionsQuery};
use loyalty_core::{ErrorCode, LoyaltyError};
use secrecy::{ExposeSecret, SecretString};

use crate::args::{Cli, MeArgs, MeCommand};
use crate::documents::{BalanceDocument, CodeDocument, HistoryDocument, ReceiptDocument, SignedDocument};
use crate::failure::Failure;
use crate::input;
use crate::me::Me;
use crate::output::Out;
use crate::output::paint::Tone;
use crate::prompt;
use crate::provenance::Provenance;
use crate::session::patiently;

/// How far back a receipt is looked for, in operations: first among those that one answer holds.
const LOOK_BACK: [u32; 2] = [100, 2_000];

pub(crate) async fn run(cli: &Cli, args: &MeArgs, out: &mut Out) -> Result<(), Failure> {
    let me = Me::open(cli, args)?;
    match &args.command {
        MeCommand::SignIn { phone } => {
            let phone = input::phone(phone)?;
            let sent = request_code(&me, &phone).await?;
            let question = me.language.code_sent(sent.digits, sent.expires_in.as_secs() / 60);
            let code = prompt::secret("code", &question).await?;
            // People copy it out of a message with whatever stands around it.
            let code = SecretString::from(code.expose_secret().trim());
            confirm(&me, &phone, &code, out).await
        }
        command => dispatch(&me, command, out).await,
    }
}

/// Runs a command of a guest who is signed in.
pub(crate) async fn dispatch(me: &Me, command: &MeCommand, out: &mut Out) -> Result<(), Failure> {
    let _alone = me.alone().await?;
    match command {
        // It is two steps, and between them somebody looks for a message.
        MeCommand::SignIn { .. } => Ok(()),
        MeCommand::Balance => balance(me, out).await,
        MeCommand::History { last } => history(me, *last, out).await,
        MeCommand::Receipt { receipt } => show_receipt(me, receipt.as_deref(), out).await,
        MeCommand::Card => card(me, out).await,
        MeCommand::SignOut { all } => sign_out(me, *all, out).await,
    }
}

/// Has a code sent.
pub(crate) async fn request_code(me: &Me, phone: &Phone) -> Result<CodeSent, Failure> {
    Ok(patiently(me.gateway.request_code(phone)).await?)
}

/// Signs in with a code.
pub(crate) async fn confirm(
    me: &Me,
    phone: &Phone,
    code: &SecretString,
    out: &mut Out,
) -> Result<(), Failure> {
    let _alone = me.alone().await?;
    match patiently(me.gateway.confirm(phone, code)).await {
        Ok(_) => {}
        Err(error @ BackendError::CodeWrong { tries_left: Some(left) }) => {
            return Err(Failure::from(error).detail(me.language.tries_left(left)));
        }
        Err(error) => return Err(error.into()),
    }
    signed(me, true, me.language.me.signed_in, out)
}

/// Tells whether this machine holds a session now.
fn signed(me: &Me, signed_in: bool, text: &str, out: &mut Out) -> Result<(), Failure> {
    if me.json {
        return Ok(out.document(&SignedDocument { signed_in })?);
    }
    Ok(out.text(&format!("\n  {}\n\n", Tone::Gain.paint(text)))?)
}

async fn balance(me: &Me, out: &mut Out) -> Result<(), Failure> {
    me.gateway.ask_anew();
    let snapshot = patiently(me.guest().refresh()).await?;
    let provenance = Provenance::over_a_gateway(snapshot.as_of, me.now());
    let document = BalanceDocument::new(&snapshot.balance, &provenance);
    me.show(out, &document, |view| view.balance(&snapshot, &provenance)).await
}

async fn history(me: &Me, last: u32, out: &mut Out) -> Result<(), Failure> {
    let rows = patiently(me.guest().history(TransactionsQuery::Last(last))).await?;
    // A person is shown the operation's number in place of the sealed reference, which nobody can type.
    let numbered: Vec<_> = rows.iter().map(numbered).collect();
    let provenance = Provenance::live(me.now());
    let document = HistoryDocument::new(&rows, None, &provenance, None);
    me.show(out, &document, |view| view.history(&numbered, &provenance, false)).await
}

fn numbered(row: &Transaction) -> Transaction {
    let receipt = row.receipt.as_ref().map(|_| ReceiptRef(row.id.0.to_string()));
    Transaction { receipt, ..row.clone() }
}

async fn show_receipt(me: &Me, asked: Option<&str>, out: &mut Out) -> Result<(), Failure> {
    let reference = patiently(reference(me, asked)).await?;
    let receipt = patiently(me.guest().receipt(&reference)).await?;
    me.show(out, &ReceiptDocument::from(&receipt), |view| view.receipt(&receipt)).await
}

/// The receipt of an operation by its number, of the newest one that has any, or by its reference.
async fn reference(me: &Me, asked: Option<&str>) -> Result<ReceiptRef, LoyaltyError> {
    let number = match asked {
        None => None,
        Some(text) => match text.parse::<i64>() {
            Ok(number) => Some(number),
            Err(_) => return Ok(ReceiptRef(text.to_owned())),
        },
    };
    for last in LOOK_BACK {
        let rows = me.guest().history(TransactionsQuery::Last(last)).await?;
        let mut rows = rows.into_iter().filter(|row| number.is_none_or(|number| row.id.0 == number));
        if let Some(reference) = rows.find_map(|row| row.receipt) {
            return Ok(reference);
        }
    }
    Err(LoyaltyError::NotFound { code: ErrorCode::NotFound })
}

async fn card(me: &Me, out: &mut Out) -> Result<(), Failure> {
    let code = patiently(me.guest().till_code()).await?;
    let code = IssuedIdentifier { value: code.value, expires_at: code.expires_at };
    me.show(out, &CodeDocument::from(&code), |view| view.code(&code)).await
}

async fn sign_out(me: &Me, all: bool, out: &mut Out) -> Result<(), Failure> {
    let devices = if all { Devices::All } else { Devices::This };
    let told = patiently(me.gateway.sign_out(devices)).await?;
    let words = &me.language.me;
    let text = match told {
        SignOut::Complete => words.signed_out,
        SignOut::OnlyHere => words.signed_out_here,
    };
    signed(me, false, text, out)
}
