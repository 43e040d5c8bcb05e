//! Commands about writes of money that were handed in: `outbox …`.

use clap::{Subcommand, ValueEnum};
use uuid::Uuid;

/// `outbox …`
#[derive(Debug, Subcommand)]
pub(crate) enum OutboxCommand {
    /// List the writes that are not settled, or were applied more than once
    List {
        /// List all that are kept: settled ones stay for 400 days
        #[arg(long, conflicts_with = "state")]
        all: bool,
        /// List those in one state
        #[arg(long, value_name = "STATE")]
        state: Option<StateArg>,
        /// How many at most, oldest first
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: u32,
    },
    /// Show one write
    Show {
        /// Its key
        key: Uuid,
    },
    /// Look for unknown writes in the server's history, and send what waits or is proven not to have arrived
    Settle {
        /// Only what is due: for a timer
        #[arg(long)]
        due: bool,
    },
    /// Send a write again whose outcome is unknown: your decision, because it may have been applied
    Resend {
        /// Its key
        key: Uuid,
    },
    /// Take a write off the list; one that was certainly not applied frees its key
    Forget {
        /// Its key
        key: Uuid,
    },
    /// Show what can be read of a damaged outbox; with --accept go on with that
    Recover {
        /// Take what is not settled, and what cannot be read, as unknown
        #[arg(long)]
        accept: bool,
    },
}

/// How far a write has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StateArg {
    /// On disk, not on its way
    Prepared,
    /// On its way
    Sent,
    /// Sent, and whether it was applied is not known
    Unknown,
    /// Applied
    Accepted,
    /// Refused by the server
    Rejected,
    /// Applied more than once
    Duplicate,
}
