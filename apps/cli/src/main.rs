//! The `loyalty` command: what guests see and what integrators do, in a terminal.

mod args;
mod commands;
mod connection;
mod credentials;
mod demo;
mod documents;
mod failure;
mod input;
mod language;
mod me;
mod outbox;
mod output;
mod prompt;
mod provenance;
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
use crate::session::{InFlight, Write};

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
                // First, so that a signal is heard before there is anything that it could break off.
                biased;
                () = told_to_stop() => Err(interrupted(&in_flight)),
                done = &mut work => done,
            }
        }
    };
    match (done, in_flight.now()) {
        (Ok(()), _) => ExitCode::SUCCESS,
        (Err(failure), Write::Accepted(key)) if failure.is_only_about_showing() => {
            failure::tell_that_it_was_done(key);
            ExitCode::SUCCESS
        }
        (Err(failure), _) => failure.report(cli.global.json, &mut out),
    }
}

/// Ends when a person (Ctrl-C) or a supervisor (SIGTERM) asks for the end.
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// What an interruption means: nothing, a write whose outcome nobody knows, or one that is done and was not shown.
fn interrupted(in_flight: &InFlight) -> Failure {
    match in_flight.now() {
        Write::None => LoyaltyError::Cancelled.into(),
        Write::UnderWay(None) => LoyaltyError::OutcomeUnknown.into(),
        Write::UnderWay(Some(key)) => Failure::from(LoyaltyError::OutcomeUnknown).of_write(key),
        Write::Accepted(_) => std::io::Error::from(std::io::ErrorKind::Interrupted).into(),
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
