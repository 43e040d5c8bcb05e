//! A ProBonus to develop and test against.
//!
//! The sandbox is an HTTP server with its own books (SQLite, in a file or in memory) that behaves as the vendor's
//! pages describe: the API under `/api/v0`, the known flaws (a repeated `checkGuid` is accepted and accrues twice,
//! a refill knows no key), burning bonuses, a ladder of levels, and a till (`POST /till/check`). What the pages leave
//! open follows the project's contract file, and each of those assumptions can be turned into another with a
//! [`Dialect`]. A [`Fault`] makes a request fail in a chosen way, at the level of the socket where need be.
//!
//! It shares no code with the client, so that it can bear witness about it: [`Books`] tells what was really done,
//! [`Requests`] what was really sent.
//!
//! ```
//! use loyalty_sandbox::{Data, Options, Sandbox};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sandbox = Sandbox::start(Options::at("2026-06-15".parse()?).data(Data::Small(3)), 0)?;
//! let guest = sandbox.books().richest_history()?.ok_or("no guests")?;
//! assert_eq!(guest.phone, "+79000000001");
//! assert!(sandbox.base_url().starts_with("http://127.0.0.1:"));
//! sandbox.shutdown();
//! # Ok(())
//! # }
//! ```
//!
//! Sums are kopecks and moments seconds since the epoch everywhere inside; only the last step of a reply puts them
//! into the dialect. The crate's README lists dialect words, faults, the data and the controls over HTTP.

mod books;
mod clock;
mod connection;
mod dialect;
mod error;
mod faults;
mod http;
mod openapi;
mod options;
mod random;
mod requests;
mod seed_data;
mod server;
mod tokens;
mod wire;

pub use books::{AccountRow, Books, Counts, Lot, ReceiptRow, RichestHistory, TransactionRow};
pub use clock::{Clock, TimeFlow};
pub use dialect::{
    AmountForm, DateForm, Dialect, ListForm, NotFound, OptionalFields, PhoneForm, SwaggerVersion, UnknownWord,
};
pub use error::{BooksError, StartError};
pub use faults::{Fault, FaultKind, Faults, RetryAfterForm, Times};
pub use options::{Data, Options, Store};
pub use requests::{RecordedRequest, Requests};
pub use server::{RunningSandbox, Sandbox};
pub use tokens::Tokens;
