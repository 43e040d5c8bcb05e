//! The log, handed to the other side line by line.

use std::fmt::{self, Write};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use loyalty_core::{ErrorCode, LoyaltyError};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use crate::error::CallError;

/// How many lines wait for the other side before further ones are dropped.
const WAITING: usize = 1_024;

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum LogLevel {
    /// Something failed for good.
    Error,
    /// Something is not as it should be.
    Warn,
    /// Something worth knowing happened.
    Info,
    /// What a developer follows.
    Debug,
}

/// A line of the log. Holds nothing personal and no secret.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LogLine {
    /// How much it matters.
    pub level: LogLevel,
    /// Which part of the library speaks.
    pub origin: String,
    /// What it says.
    pub text: String,
}

/// That a sink could not take a line. Nothing follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum LogSinkFailure {
    /// It could not.
    #[error("failed")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for LogSinkFailure {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

/// Takes the log. Called from one thread, in order.
#[uniffi::export(with_foreign)]
pub trait LogSink: Send + Sync {
    /// Takes a line.
    fn take(&self, line: LogLine) -> Result<(), LogSinkFailure>;
}

/// Hands every line that matters at least as much as `level` to `sink`, for as long as the process lives. Lines that come
/// faster than they are taken are dropped.
///
/// # Errors
/// `Conflict` when there is a sink already.
#[uniffi::export]
pub fn log_to(level: LogLevel, sink: Arc<dyn LogSink>) -> Result<(), CallError> {
    let (lines, taken) = sync_channel::<LogLine>(WAITING);
    let level = match level {
        LogLevel::Error => Level::ERROR,
        LogLevel::Warn => Level::WARN,
        LogLevel::Info => Level::INFO,
        LogLevel::Debug => Level::DEBUG,
    };
    // Nobody has promised for other crates that their lines hold nothing personal.
    let ours = Targets::new().with_target("loyalty_core", level).with_target("loyalty_ffi", level);
    let layer = Sink(lines).with_filter(ours);
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer))
        .map_err(|_| LoyaltyError::Conflict { code: ErrorCode::Conflict })?;
    let take = move || {
        for line in taken {
            // The log must not fail because of the log.
            let _ = sink.take(line);
        }
    };
    let started = std::thread::Builder::new().name("loyalty-log".to_owned()).spawn(take);
    started.map(drop).map_err(|_| LoyaltyError::Internal.into())
}

struct Sink(SyncSender<LogLine>);

impl<S: Subscriber> Layer<S> for Sink {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let level = match *metadata.level() {
            Level::ERROR => LogLevel::Error,
            Level::WARN => LogLevel::Warn,
            Level::INFO => LogLevel::Info,
            _ => LogLevel::Debug,
        };
        let mut text = Text(String::new());
        event.record(&mut text);
        let _ = self.0.try_send(LogLine { level, origin: metadata.target().to_owned(), text: text.0 });
    }
}

/// The message, and behind it the fields.
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let written = if field.name() == "message" {
            let rest = std::mem::take(&mut self.0);
            write!(self.0, "{value:?}{rest}")
        } else {
            write!(self.0, " {}={value:?}", field.name())
        };
        // Writing to a string does not fail.
        let _ = written;
    }
}
