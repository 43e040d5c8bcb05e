//! `gateway …`

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `gateway …`
#[derive(Debug, Subcommand)]
pub(crate) enum GatewayCommand {
    /// Serve guests' phones and kiosks until Ctrl-C or SIGTERM
    Run(RunArgs),
    /// Credentials of kiosks
    #[command(subcommand)]
    Device(DeviceCommand),
    /// Export every consent given or withdrawn, with who, when and from where
    Consents(DatabaseArgs),
    /// Export the requests for deletion, oldest first
    Deletions(DatabaseArgs),
    /// Put another master key in place of the one before, with the gateway stopped: signs every guest out, revokes every
    /// kiosk
    ReplaceKey(DatabaseArgs),
}

/// Where the gateway remembers.
#[derive(Debug, Clone, Args)]
pub(crate) struct DatabaseArgs {
    /// sqlite:PATH or postgres://… [env: GATEWAY_DATABASE_URL, or a file named by GATEWAY_DATABASE_URL_FILE]
    #[arg(long, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// File with the gateway's master key [env: GATEWAY_MASTER_KEY_FILE, or the key itself in GATEWAY_MASTER_KEY]
    #[arg(long, value_name = "FILE")]
    pub(crate) master_key_file: Option<PathBuf>,
}

/// `gateway run`
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,
    /// Where devices, or the proxy in front, connect; port 0 takes a free one [env: GATEWAY_LISTEN]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<SocketAddr>,
    /// Where metrics are collected [env: GATEWAY_METRICS_LISTEN]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// For trying it out: codes may be written to this terminal, and without a master key one is made up
    #[arg(long)]
    pub(crate) development: bool,
}

/// `gateway device …`
#[derive(Debug, Subcommand)]
pub(crate) enum DeviceCommand {
    /// Issue a credential and print it; it is not shown again
    Add {
        /// What to call the kiosk in lists
        name: String,
        #[command(flatten)]
        database: DatabaseArgs,
    },
    /// List the kiosks, revoked ones too
    List(DatabaseArgs),
    /// Refuse a kiosk's credential from now on, and end the sessions opened with it
    Revoke {
        /// The kiosk's id, as the list shows it
        id: String,
        #[command(flatten)]
        database: DatabaseArgs,
    },
}
