//! The adapter to ProBonus: its contract, its authorisation, its quirks.
//!
//! [`ProBonus`] is the whole instance, for integrators; [`ProBonus::guest`] narrows it to one guest. What the wire
//! looks like is described, with its provenance, in `core/contract/`; where an instance differs, the configuration's
//! `[probonus.wire]` tables say so.
// A guest alone needs a part of the codec only; splitting it by feature would scatter each record over two files.
#![cfg_attr(not(feature = "operator"), allow(dead_code, unused_imports))]

mod auth;
mod client;
mod comment_key;
pub mod config;
pub mod doctor;
mod encode;
mod guest;
mod history;
mod link;
pub mod method;
#[cfg(feature = "operator")]
mod operator;
mod overrides;
mod reads;
mod update;
pub mod wire;

pub use auth::StoredCredentials;
pub use client::ProBonus;
pub use config::{
    ConfigError, ConfigProblem, Credentials, ProBonusConfig, TillCodeConfig, TillCodeSource, read_toml,
};
pub use guest::DirectGuest;
pub use history::{HistoryPage, HistoryPages, all_transactions, history_before};
pub use overrides::Overrides;
