//! The `loyalty` command: a guest's whole story and an integrator's whole toolbox, from a terminal.

mod args;
mod commands;
mod connection;
mod credential_file;
mod demo;
mod documents;
mod failure;
mod input;
mod language;
mod me;
mod output;
mod sandbox;
mod session;
mod usage;
mod words;

use std::process::ExitCode;

use clap::Parser;
use loyalty_core::LoyaltyError;

use crate::args::{Cli, Command, GatewayCommand};
use crate::failure::Failure;
use crate::output::Out;
use crate::session::InFlight;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage::answer(&error),
    };
    // A server tells what it does without being asked.
    let is_server = matches!(cli.command, Command::Gateway(GatewayCommand::Run(_)));
    log_to_stderr(cli.global.verbose.saturating_add(u8::from(is_server)));
    let mut out = Out::default();
    let in_flight = InFlight::default();
    let done = {
        let mut work = Box::pin(commands::run(&cli, &mut out, &in_flight));
        if is_server || matches!(cli.command, Command::Sandbox(_)) {
            // It ends by the signal itself, and well.
            work.await
        } else {
            tokio::select! {
                done = &mut work => done,
                _ = tokio::signal::ctrl_c() => Err(interrupted(&in_flight)),
            }
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(cli.global.json, &mut out),
    }
}

/// What an interruption means: nothing, or a write whose outcome nobody knows.
fn interrupted(in_flight: &InFlight) -> Failure {
    match in_flight.now() {
        None => LoyaltyError::Cancelled.into(),
        Some(None) => LoyaltyError::OutcomeUnknown.into(),
        Some(Some(key)) => Failure::from(LoyaltyError::OutcomeUnknown).of_write(key),
    }
}

/// Our own crates only: what libraries below say at their loudest may hold headers and bodies.
fn log_to_stderr(verbose: u8) {
    use tracing_subscriber::filter::{LevelFilter, Targets};
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::util::SubscriberInitExt;

    let level = match verbose {
        0 => LevelFilter::WARN,
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    tracing_subscriber::registry()
        .with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false))
        .with(Targets::new().with_target("loyalty", level))
        .init();
}
