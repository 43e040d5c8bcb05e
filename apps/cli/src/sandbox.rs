//! `sandbox`: a ProBonus stand-in on this machine.

use loyalty_core::domain::Quantity;
use loyalty_core::{ErrorCode, LoyaltyError};
use loyalty_sandbox::{Data, Options, RunningSandbox, Sandbox, StartError, Store};

use crate::args::{Cli, GuestsPreset, SandboxArgs};
use crate::documents::SandboxDocument;
use crate::failure::Failure;
use crate::input;
use crate::language;
use crate::output::Out;
use crate::output::paint::Tone;
use crate::session::spinner;
use crate::words::Words;

/// Guests of the small set.
const SMALL: u32 = 200;

/// Serves until Ctrl-C.
pub(crate) async fn run(cli: &Cli, args: &SandboxArgs, out: &mut Out) -> Result<(), Failure> {
    let options = options(args)?;
    let words = Words::of(language::choose(cli.global.lang));
    let sandbox = start(options.clone(), args.port, words).await?;
    let richest = sandbox.books().richest_history().map_err(|error| broken(&error.into()))?;
    let document = SandboxDocument {
        url: sandbox.base_url(),
        api_token_header: &options.dialect.token_header,
        api_token: &options.api_token,
        now: sandbox.clock().now(),
        longest_history: richest.map(|guest| guest.phone),
    };
    if cli.global.json {
        out.document(&document)?
    } else {
        out.text(&text(&document))?
    }
    sandbox.until_signal().await.map_err(|error| broken(&error))
}

/// Starts a sandbox; seeding the full history takes a while, so a spinner turns.
pub(crate) async fn start(options: Options, port: u16, words: &Words) -> Result<RunningSandbox, Failure> {
    let spinner = spinner(words.demo.preparing);
    let started = tokio::task::spawn_blocking(move || Sandbox::start(options, port)).await;
    spinner.finish_and_clear();
    let started = started.map_err(|_| LoyaltyError::Internal)?;
    started.map_err(|error| broken(&error))
}

/// Why a sandbox did not start. Its messages are about ports and files, and hold nothing personal.
fn broken(error: &StartError) -> Failure {
    match error {
        StartError::Bind { .. } => Failure::from(LoyaltyError::invalid("port", ErrorCode::FieldInvalid)),
        _ => Failure::from(LoyaltyError::Storage { code: ErrorCode::Storage }),
    }
    .detail(error.to_string())
}

fn options(args: &SandboxArgs) -> Result<Options, Failure> {
    let dialect = args.dialect.parse().map_err(|_| {
        Failure::from(LoyaltyError::invalid("dialect", ErrorCode::FieldInvalid))
            .detail("the sandbox's README lists the words")
    })?;
    let today = args.today.as_deref().map(|text| input::date("today", text)).transpose()?;
    let guests = match args.guests {
        GuestsPreset::Full => Data::Full,
        GuestsPreset::Small => Data::Small(SMALL),
        GuestsPreset::Empty => Data::Empty,
    };
    let store = args.data.clone().map_or(Store::Memory, Store::File);
    Ok(Options::default().store(store).seed(args.seed).today(today).data(guests).dialect(dialect))
}

fn text(document: &SandboxDocument<'_>) -> String {
    let mut text = format!("\n  {}\n\n", Tone::Strong.paint(document.url));
    for (name, value) in [
        ("PROBONUS_URL", document.url),
        ("PROBONUS_ALLOW_PLAIN_HTTP", "true"),
        ("PROBONUS_API_TOKEN", document.api_token),
    ] {
        text += &format!("  export {name}={value}\n");
    }
    if let Some(phone) = &document.longest_history {
        text += &format!("\n  loyalty balance {phone}   {}\n", Tone::Faint.paint("# the longest history"));
    }
    text + "\n"
}

/// A count of things, grouped as the language does it.
pub(crate) fn count(wording: &loyalty_core::domain::wording::Wording, number: u64) -> String {
    let thousandths = i64::try_from(number).unwrap_or(i64::MAX).saturating_mul(1000);
    wording.quantity(Quantity(thousandths))
}
