//! What Kotlin and Swift see of the core: one small surface for a guest's own device and for a kiosk.
//!
//! A method here is a call into `loyalty-core` and a conversion; rules live there. Sums, instants and days cross the
//! border as numbers and, where a guest reads them, together with their words in the session's language, so that no
//! shell words them by itself and nothing has to be asked for row by row.
//!
//! - [`Loyalty`](loyalty::Loyalty) is the door: signing in and out, what the guest holds, what they may ask for.
//! - [`Subscription`](observe::Subscription) follows the state; it is asked for the next one, so a slow observer sees the
//!   newest and holds nothing up.
//! - [`CallError`](error::CallError) is the one error.
//! - [`SecretStore`](secret_store::SecretStore) and [`LogSink`](log::LogSink) are implemented on the other side.
//!
//! Work runs on two threads of this library. Dropping a call's future ends its work; where a language does not drop it
//! on cancellation, a [`CancelToken`](runtime::CancelToken) does the same.

uniffi::setup_scaffolding!();

mod alive;
pub mod amounts;
pub mod error;
pub mod log;
pub mod loyalty;
pub mod me;
pub mod observe;
pub mod records;
#[cfg(feature = "rehearsal")]
pub mod rehearsal;
pub mod runtime;
#[cfg(all(test, feature = "rehearsal"))]
mod scenarios;
pub mod secret_store;
pub mod settings;
pub mod sign_in;
mod types;
mod visit;
mod words;
