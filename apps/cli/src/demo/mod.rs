//! `demo`: a guest's story told by the commands themselves, over real HTTP, on an embedded sandbox.
//!
//! Each step is a command line that is printed, parsed and run exactly as if it had been typed.

mod phone;
mod till;

use clap::Parser;
use loyalty_core::backend::probonus::{Credentials, ProBonusConfig, TillCodeConfig, TillCodeSource};
use loyalty_core::domain::{Account, TransactionsQuery};
use loyalty_core::operator::OutboxOptions;
use loyalty_core::{ErrorCode, LoyaltyError};
use loyalty_sandbox::{Data, Options, RunningSandbox};
use unicode_width::UnicodeWidthStr;

use crate::args::{Cli, Command};
use crate::commands::me;
use crate::credentials::Access;
use crate::failure::Failure;
use crate::output::Out;
use crate::output::paint::Tone;
use crate::session::{InFlight, Session};
use crate::{commands, connection, input, language, sandbox, words::Words};

use phone::Phone;

/// Nobody in the sandbox has it: its own numbers begin otherwise.
const PHONE: &str = "+7 912 345-67-89";
/// Columns of the rule above a step.
const RULE: usize = 96;

/// Tells the story.
pub(crate) async fn run(cli: &Cli, out: &mut Out, in_flight: &InFlight) -> Result<(), Failure> {
    let options = Options::default().data(Data::Full);
    let token = options.api_token.clone();
    let words = Words::of(language::choose(cli.global.lang));
    let sandbox = sandbox::start(options, 0, words).await?;
    let config = ProBonusConfig {
        url: sandbox.base_url().to_owned(),
        allow_plain_http: true,
        // The sandbox's virtual card, for the code on the guest's phone.
        till_code: TillCodeConfig { source: TillCodeSource::Temporary, type_id: 2, offline_type_id: 0 },
        ..ProBonusConfig::default()
    };
    let credentials = Credentials { api_token: Some(token.into()), password: None };
    // Its writes are as short-lived as its server.
    let folder = tempfile::tempdir()?;
    let outbox = OutboxOptions::at(folder.path().join("outbox.db"), sandbox.base_url());
    let mut session =
        connection::connect(cli, &config, Access::in_memory(credentials), Some(outbox), in_flight)?;
    session.tell_keys = false;
    let mut story = Story { session: &session, out, step: 0 };
    story.open(&sandbox)?;
    newcomer(&mut story, &sandbox).await?;
    let phone = Phone::start(cli, story.session, &config).await?;
    on_the_phone(&mut story, &phone).await?;
    veteran(&mut story, &sandbox).await?;
    phone.close().await;
    story.close()
}

/// A new guest: from the welcome gift to the receipt.
async fn newcomer(story: &mut Story<'_>, sandbox: &RunningSandbox) -> Result<(), Failure> {
    let words = &story.session.view.words.demo;
    story.step(words.registers)?;
    let names = ["--first-name", words.first_name, "--last-name", words.last_name];
    story
        .command(
            &[&["guest", "register", "--phone", PHONE][..], &names, &["--birthday", "1991-04-12"]].concat(),
        )
        .await?;
    let account = story.account(PHONE).await?;
    let id = account.id.0.to_string();

    story.step(words.visits)?;
    let visit = till::visit(sandbox.base_url(), &input::phone(PHONE)?, 248_000).await?;
    story.visit(&visit)?;

    story.step(words.outside)?;
    let check = ["check", "register", "--account", &id, "--rest-code", "2", "--rk-unit", "1"];
    let sums = ["--external-check", "D-1042", "--money-spent", "189000", "--bonus-accrued", "9450"];
    story.command(&[&check[..], &sums].concat()).await?;

    story.step(words.refill)?;
    story.command(&["refill", &id, "5000", "--comment", words.comment]).await?;

    story.step(words.balance)?;
    story.command(&["balance", PHONE]).await?;

    story.step(words.history)?;
    story.command(&["history", PHONE]).await?;

    story.step(words.receipt)?;
    story.command(&["receipt", &visit.check_id.to_string()]).await
}

/// The same guest on their own phone, which knows no ProBonus: a code, and what is theirs.
async fn on_the_phone(story: &mut Story<'_>, phone: &Phone) -> Result<(), Failure> {
    let words = &story.session.view.words.demo;
    story.step(words.sign_in)?;
    story.sign_in(phone, PHONE).await?;
    story.step(words.home)?;
    story.mine(phone, &["me", "balance"]).await?;
    story.step(words.card)?;
    story.mine(phone, &["me", "card"]).await?;
    story.mine(phone, &["me", "sign-out"]).await
}

/// The guest with the longest history of real purchases.
async fn veteran(story: &mut Story<'_>, sandbox: &RunningSandbox) -> Result<(), Failure> {
    let words = &story.session.view.words.demo;
    let richest = sandbox.books().richest_history().map_err(|_| LoyaltyError::Internal)?;
    let Some(guest) = richest else { return Ok(()) };
    story.step(words.veteran)?;
    story.command(&["balance", &guest.phone]).await?;
    story.step(words.veteran_history)?;
    story.command(&["history", &guest.phone, "--last", "12"]).await?;
    let rows = story.session.guest(input::phone(&guest.phone)?).history(TransactionsQuery::Last(50)).await?;
    let Some(receipt) = rows.iter().find_map(|row| row.receipt.as_ref()) else { return Ok(()) };
    story.step(words.veteran_receipt)?;
    story.command(&["receipt", &receipt.0]).await
}

/// Tells steps and runs their commands. With `--json` only the documents are printed.
struct Story<'a> {
    session: &'a Session,
    out: &'a mut Out,
    step: u8,
}

impl Story<'_> {
    fn tell(&mut self, text: &str) -> Result<(), Failure> {
        if !self.session.json {
            self.out.text(text)?;
        }
        Ok(())
    }

    fn open(&mut self, sandbox: &RunningSandbox) -> Result<(), Failure> {
        let view = &self.session.view;
        let counts = sandbox.books().counts().map_err(|_| LoyaltyError::Internal)?;
        let counted = view.words.counted(
            &sandbox::count(&view.wording, counts.guests),
            &sandbox::count(&view.wording, counts.receipts),
            &sandbox::count(&view.wording, counts.transactions),
        );
        let ready = Tone::Gain.paint(view.words.demo.ready);
        self.tell(&format!("\n  {ready}  {}\n  {}\n\n", sandbox.base_url(), Tone::Faint.paint(&counted)))
    }

    fn step(&mut self, title: &str) -> Result<(), Failure> {
        self.step += 1;
        let heading = format!("{}. {title} ", self.step);
        let rest = RULE.saturating_sub(heading.chars().count());
        let rule = Tone::Faint.paint(&"─".repeat(rest));
        self.tell(&format!("{}{rule}\n", Tone::Heading.paint(&heading)))
    }

    /// Runs a command line as if it had been typed.
    async fn command(&mut self, line: &[&str]) -> Result<(), Failure> {
        if self.out.is_closed() {
            // Whoever watched has left.
            return Ok(());
        }
        self.tell(&format!("{}\n", Tone::Faint.paint(&typed(line))))?;
        let cli = Cli::try_parse_from([&["loyalty"], line].concat());
        let cli = cli.map_err(|_| LoyaltyError::invalid("command", ErrorCode::FieldInvalid))?;
        Box::pin(commands::dispatch(self.session, &cli.command, self.out)).await
    }

    /// Signs in on the phone: the command, the message, and what the gateway says.
    async fn sign_in(&mut self, phone: &Phone, number: &str) -> Result<(), Failure> {
        self.tell(&format!("{}\n", Tone::Faint.paint(&typed(&["me", "sign-in", number]))))?;
        let parsed = input::phone(number)?;
        me::request_code(&phone.me, &parsed).await?;
        let code = phone.message().await?;
        let line = self.session.view.words.message(phone::digits(&code));
        self.tell(&format!("\n  {}\n", Tone::Strong.paint(&line)))?;
        me::confirm(&phone.me, &parsed, &code, self.out).await
    }

    /// Runs a command of the guest's own as if it had been typed.
    async fn mine(&mut self, phone: &Phone, line: &[&str]) -> Result<(), Failure> {
        if self.out.is_closed() {
            return Ok(());
        }
        self.tell(&format!("{}\n", Tone::Faint.paint(&typed(line))))?;
        let cli = Cli::try_parse_from([&["loyalty"], line].concat());
        match cli.map(|cli| cli.command) {
            Ok(Command::Me(args)) => me::dispatch(&phone.me, &args.command, self.out).await,
            _ => Err(LoyaltyError::invalid("command", ErrorCode::FieldInvalid).into()),
        }
    }

    async fn account(&self, phone: &str) -> Result<Account, Failure> {
        Ok(self.session.operator.find(input::phone(phone)?).await?)
    }

    fn visit(&mut self, visit: &till::Visit) -> Result<(), Failure> {
        let view = &self.session.view;
        let line = format!("$ {} → POST /till/check", view.words.demo.till);
        let text = format!(
            "{}\n\n  {} {}   {}\n\n",
            Tone::Faint.paint(&line),
            view.words.paid,
            Tone::Strong.paint(&view.wording.money(visit.paid)),
            Tone::Gain.paint(&view.wording.signed_bonus(visit.accrued)),
        );
        self.tell(&text)
    }

    fn close(&mut self) -> Result<(), Failure> {
        let end = Tone::Gain.paint(self.session.view.words.demo.end);
        self.tell(&format!("  {end}\n\n"))
    }
}

/// A command line as it would be typed into a shell, broken before it leaves the page.
fn typed(line: &[&str]) -> String {
    let mut lines = vec!["$ loyalty".to_owned()];
    for word in line {
        let word = quoted(word);
        match lines.last_mut() {
            // Two columns are kept for the sign of going on.
            Some(last) if last.width() + word.width() < RULE - 2 => *last = format!("{last} {word}"),
            _ => lines.push(format!("    {word}")),
        }
    }
    lines.join(" \\\n")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "+-_./:".contains(c);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{word}'") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_command_can_be_typed_again() {
        assert_eq!(quoted("--first-name"), "--first-name");
        assert_eq!(quoted("Анна"), "Анна");
        assert_eq!(quoted(PHONE), "'+7 912 345-67-89'");
        assert_eq!(quoted("$(rm)"), "'$(rm)'");
        assert_eq!(typed(&["balance", PHONE]), "$ loyalty balance '+7 912 345-67-89'");
    }

    #[test]
    fn a_long_command_is_broken_where_a_shell_goes_on() {
        let line = ["--money-spent"; 12];
        let typed = typed(&line);
        assert!(typed.lines().count() > 1);
        assert!(typed.lines().all(|line| line.width() <= RULE), "{typed}");
        assert!(typed.lines().rev().skip(1).all(|line| line.ends_with(" \\")), "{typed}");
        assert_eq!(typed.replace(" \\\n   ", ""), format!("$ loyalty {}", line.join(" ")));
    }
}
