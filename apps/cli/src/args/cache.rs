//! What is kept of a guest on this machine.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

/// `loyalty cache …`
#[derive(Debug, Subcommand)]
pub(crate) enum CacheCommand {
    /// Overwrite and remove what the folder keeps of a guest, whoever that is
    Wipe {
        /// The folder [env: LOYALTY_CACHE]
        #[arg(long, value_name = "DIR")]
        cache: Option<PathBuf>,
    },
}

/// Reads over a cache. Without a folder nothing is kept: a back office looks at many guests, and what it has seen of
/// them does not belong onto its disk unasked.
#[derive(Debug, Args)]
pub(crate) struct CacheArgs {
    /// Keep what is read in this folder, and show it when the server does not answer; a folder holds one guest,
    /// another takes its place [env: LOYALTY_CACHE] [default: nothing is kept]
    #[arg(long, value_name = "DIR")]
    pub(crate) cache: Option<PathBuf>,
    /// Keep nothing and ask the server, whatever LOYALTY_CACHE says
    #[arg(long, conflicts_with_all = ["cache", "offline"])]
    pub(crate) no_cache: bool,
    /// Show what is kept and ask nobody; needs no credential
    #[arg(long)]
    pub(crate) offline: bool,
}

impl CacheArgs {
    /// The folder to use; `usual` is the one to take when the line says nothing.
    pub(crate) fn folder(&self, usual: Option<&Path>) -> Option<PathBuf> {
        if self.no_cache { None } else { self.cache.clone().or_else(|| usual.map(Path::to_owned)) }
    }
}

/// What `LOYALTY_CACHE` says.
pub(crate) fn usual_cache() -> Option<PathBuf> {
    std::env::var_os("LOYALTY_CACHE").filter(|folder| !folder.is_empty()).map(PathBuf::from)
}
