//! `me …`

use clap::{Args, Subcommand};

/// `me …`
#[derive(Debug, Args)]
pub(crate) struct MeArgs {
    /// The gateway's address [env: LOYALTY_GATEWAY_URL]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) gateway: Option<String>,
    #[command(subcommand)]
    pub(crate) command: MeCommand,
}

/// What a guest does.
#[derive(Debug, Subcommand)]
pub(crate) enum MeCommand {
    /// Sign in with the code that is sent to a phone; it is read from the standard input
    SignIn {
        /// The phone, in any usual form
        phone: String,
    },
    /// Show what you hold, what burns when, and the way to the next level
    Balance,
    /// Show your history, newest first
    History {
        /// The newest N operations
        #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=5000))]
        last: u32,
    },
    /// Show a receipt down to its dishes
    Receipt {
        /// The receipt, as the history shows it [default: the newest]
        receipt: Option<String>,
    },
    /// Show a code for the till
    Card,
    /// Sign out, and forget the session on this machine
    SignOut {
        /// On all devices, not just this one
        #[arg(long)]
        all: bool,
    },
}
