//! What an integrator does: find guests, change accounts, write money, register outside purchases, read reports.
//!
//! Reading the directory needs no rule of ours and goes straight to
//! [`OperatorBackend`](crate::backend::OperatorBackend) through [`Operator::directory`]. What has a rule, money first,
//! is a method of [`Operator`].
//!
//! A write of money is kept in an outbox before it is sent ([`Operator::write`]), sent by whichever process has the
//! turn ([`Operator::send_prepared`]), and followed until it is known what became of it ([`Operator::settle`]). What
//! remains open is a person's to decide ([`Operator::list`], [`Operator::resend`], [`Operator::forget`]).

mod client;
mod groups;
mod outbox;
mod pages;
mod queue;
mod reports;
mod sending;
mod settling;

pub use crate::store::outbox::{LostParts, Salvage, WriteFilter};
pub use client::{CheckDraft, Operator};
pub use groups::GroupReport;
pub use outbox::OutboxOptions;
pub use reports::{AccountRows, BurningRow, TurnoverRow};
pub use sending::{Handed, SendReport};
pub use settling::{SettleReport, SettleScope};
