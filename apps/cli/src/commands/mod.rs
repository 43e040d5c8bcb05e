//! What each command does. One file per family, as in [`crate::args`].

mod account;
mod account_reports;
mod directory;
mod doctor;
mod gateway;
mod guest;
mod import;
mod kept;
mod login;
pub(crate) mod me;
mod money;
mod outbox;
mod reading;
mod report;

use clap::CommandFactory;

use crate::args::{CacheCommand, Cli, Command};
use crate::failure::Failure;
use crate::output::Out;
use crate::session::{InFlight, Session};
use crate::{connection, demo, sandbox};

/// Runs the command line.
pub(crate) async fn run(cli: &Cli, out: &mut Out, in_flight: &InFlight) -> Result<(), Failure> {
    match &cli.command {
        Command::Demo => Box::pin(demo::run(cli, out, in_flight)).await,
        Command::Sandbox(args) => sandbox::run(cli, args, out).await,
        Command::Completions { shell } => {
            clap_complete::generate(*shell, &mut Cli::command(), "loyalty", out);
            Ok(())
        }
        Command::Doctor(args) => doctor::run(cli, args, out).await,
        Command::Gateway(command) => Box::pin(gateway::run(cli, command, out)).await,
        Command::Me(args) => Box::pin(me::run(cli, args, out)).await,
        Command::Login => login::login(cli, out).await,
        Command::Logout => login::logout(cli, out).await,
        Command::Cache(CacheCommand::Wipe { cache }) => kept::wipe(cli, cache.as_deref(), out).await,
        command => {
            if let Some(done) = kept::offline(cli, out).await {
                return done;
            }
            let session = connection::open(cli, in_flight).await?;
            let done = dispatch(&session, command, out).await;
            if let Err(error) = session.operator.close().await {
                tracing::warn!(code = error.code().as_str(), "the outbox was not closed in order");
            }
            done
        }
    }
}

/// Runs a command that speaks to the server.
pub(crate) async fn dispatch(session: &Session, command: &Command, out: &mut Out) -> Result<(), Failure> {
    match command {
        Command::Groups => directory::list_groups(session, out).await,
        Command::Guest(command) => guest::run(session, command, out).await,
        Command::Balance(args) => reading::balance(session, args, out).await,
        Command::History(args) => reading::history(session, args, out).await,
        Command::Receipt(args) => reading::receipt(session, args, out).await,
        Command::Refill(args) => money::refill(session, args, out).await,
        Command::Check(command) => money::check(session, command, out).await,
        Command::Outbox(command) => outbox::run(session, command, out).await,
        Command::Group(command) => directory::group(session, command, out).await,
        Command::Account(command) => account::run(session, command, out).await,
        Command::IdentifierType(command) => directory::identifier_type(session, command, out).await,
        Command::Discount(command) => directory::discount(session, command, out).await,
        Command::Operation(command) => money::operation(session, command, out).await,
        Command::Report(command) => report::run(session, command, out).await,
        Command::Demo
        | Command::Sandbox(_)
        | Command::Completions { .. }
        | Command::Doctor(_)
        | Command::Cache(_)
        | Command::Login
        | Command::Logout
        | Command::Gateway(_)
        | Command::Me(_) => Ok(()),
    }
}
