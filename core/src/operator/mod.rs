//! What an integrator does: find guests, change accounts, write money, register outside purchases, read reports.
//!
//! Reading the directory needs no rule of ours and goes straight to
//! [`OperatorBackend`](crate::backend::OperatorBackend) through [`Operator::directory`]. What has a rule, money first,
//! is a method of [`Operator`].

mod client;

pub use client::{CheckDraft, Operator};
