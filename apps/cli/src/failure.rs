//! How a command ends when it does not end well.

use std::io;
use std::process::ExitCode;

use loyalty_core::domain::InvalidInput;
use loyalty_core::{Category, ErrorCode, LoyaltyError};
use uuid::Uuid;

use crate::documents::ErrorDocument;
use crate::output::Out;
use crate::output::paint::Tone;

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Failure {
    error: LoyaltyError,
    /// What exactly, in a sentence; never a value that was typed or read.
    detail: Option<String>,
    /// The key of the write that failed.
    key: Option<Uuid>,
    /// Whether the user has been told already.
    told: bool,
    /// Whether a document that was printed already carries the error.
    documented: bool,
    /// Whether all that failed was showing the result.
    showing: bool,
}

impl Failure {
    /// A setting or file that is missing or wrong; `detail` says what is.
    pub(crate) fn config(setting: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::from(LoyaltyError::invalid(setting, ErrorCode::ConfigInvalid)).detail(detail)
    }

    /// A local file or stream that cannot be used; `what` names it by its role.
    pub(crate) fn local(what: &str, error: &io::Error) -> Self {
        Self::from(LoyaltyError::Storage { code: ErrorCode::Storage }).detail(format!("{what}: {error}"))
    }

    /// With a sentence that says what exactly.
    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Whose whole story has been printed: only the exit status is left to say.
    pub(crate) fn told(mut self) -> Self {
        self.told = true;
        self
    }

    /// That stands in the document which was printed: with `--json` it gets none of its own.
    pub(crate) fn documented(mut self) -> Self {
        self.documented = true;
        self
    }

    /// Of a write with this key.
    pub(crate) fn of_write(mut self, key: Uuid) -> Self {
        self.key = Some(key);
        self
    }

    /// Whether the work itself was done and only its result could not be shown.
    pub(crate) fn is_only_about_showing(&self) -> bool {
        self.showing
    }

    /// The error behind it.
    #[cfg(test)]
    pub(crate) fn error(&self) -> &LoyaltyError {
        &self.error
    }

    /// Tells the user, and returns the status to exit with.
    pub(crate) fn report(&self, json: bool, out: &mut Out) -> ExitCode {
        let status = ExitCode::from(exit_status(self.error.category()));
        if self.told {
            return status;
        }
        if json && !self.documented {
            // The exit code tells it too, so a reader that has left or a full disk changes nothing.
            let _ = out.document(&ErrorDocument::new(&self.error, self.key));
        }
        anstream::eprint!("{}", self.text());
        status
    }

    /// What a person reads on stderr.
    fn text(&self) -> String {
        let code = self.error.code();
        let mut text = format!("{} {}", Tone::Loss.paint("error:"), code.meaning().trim());
        let about = match &self.error {
            LoyaltyError::Contract { path, field, .. } if field.is_empty() => Some(path.clone()),
            LoyaltyError::Contract { path, field, .. } => Some(format!("{path}: {field}")),
            error => error.field().map(str::to_owned),
        };
        if let Some(about) = about.filter(|about| !about.is_empty()) {
            text.push_str(&format!(" [{about}]"));
        }
        text.push('\n');
        if let Some(detail) = &self.detail {
            text.push_str(&format!("  {detail}\n"));
        }
        text.push_str(&format!("  {} {}\n", Tone::Faint.paint("→"), advice(&self.error, self.key)));
        if let Some(wait) = self.error.retry_after() {
            text.push_str(&format!("  The server asks to wait {} s.\n", wait.as_secs()));
        }
        if let Some(key) = self.key {
            if waits_in_the_outbox(&self.error) {
                text.push_str(&format!(
                    "  The write is kept: `loyalty outbox settle` sends it, `loyalty outbox forget {key}` drops it.\n"
                ));
            }
            text.push_str(&format!("  key {key}\n"));
        }
        text
    }
}

impl From<LoyaltyError> for Failure {
    fn from(error: LoyaltyError) -> Self {
        Self { error, detail: None, key: None, told: false, documented: false, showing: false }
    }
}

impl From<InvalidInput> for Failure {
    fn from(error: InvalidInput) -> Self {
        LoyaltyError::from(error).into()
    }
}

impl From<loyalty_core::backend::BackendError> for Failure {
    fn from(error: loyalty_core::backend::BackendError) -> Self {
        LoyaltyError::from(error).into()
    }
}

/// An error of the output itself.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self { showing: true, ..Self::local("output", &error) }
    }
}

/// Says that a write was done although its result could not be shown: nobody may take a full disk for a refusal and
/// send it again.
pub(crate) fn tell_that_it_was_done(key: Option<Uuid>) {
    let key = key.map(|key| format!("  key {key}\n")).unwrap_or_default();
    anstream::eprint!(
        "{} the server has done it; only the result could not be shown\n{key}",
        Tone::Loss.paint("warning:")
    );
}

/// What to do next. The advice for an unknown outcome speaks of a key, which not every write has.
pub(crate) fn advice(error: &LoyaltyError, key: Option<Uuid>) -> &'static str {
    match error {
        LoyaltyError::OutcomeUnknown if key.is_none() => "Look whether it is there before doing it again.",
        error => error.code().advice(),
    }
}

/// Whether a write that ended so was not done, and waits to be sent.
fn waits_in_the_outbox(error: &LoyaltyError) -> bool {
    matches!(
        error.category(),
        Category::Offline
            | Category::Untrusted
            | Category::Timeout
            | Category::Unauthorized
            | Category::Forbidden
            | Category::RateLimited
            | Category::Outdated
            | Category::SecretStore
    )
}

/// The status to exit with, for each category: the one place that decides it. `--help` and the README tell it.
pub(crate) fn exit_status(category: Category) -> u8 {
    match category {
        Category::Unauthorized
        | Category::Forbidden
        | Category::NotFound
        | Category::Rejected
        | Category::Conflict
        | Category::RateLimited
        | Category::Outdated => 1,
        Category::InvalidInput | Category::Storage | Category::SecretStore => 2,
        Category::Offline | Category::Untrusted | Category::Timeout | Category::Unavailable => 3,
        Category::Contract => 4,
        Category::OutcomeUnknown => 5,
        Category::Internal => 70,
        Category::Cancelled => 130,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// One error of every category, with the status that is promised for it.
    fn errors() -> Vec<(LoyaltyError, u8)> {
        let code = ErrorCode::Internal;
        vec![
            (LoyaltyError::invalid("phone", ErrorCode::PhoneInvalid), 2),
            (LoyaltyError::Unsupported, 2),
            (LoyaltyError::Offline, 3),
            (LoyaltyError::Untrusted, 3),
            (LoyaltyError::Timeout { code: ErrorCode::Timeout }, 3),
            (LoyaltyError::Timeout { code: ErrorCode::ConnectionCut }, 3),
            (LoyaltyError::Unauthorized, 1),
            (LoyaltyError::Forbidden, 1),
            (LoyaltyError::NotFound { code: ErrorCode::GuestNotFound }, 1),
            (LoyaltyError::Rejected { code: ErrorCode::GroupWithoutTemplate, field: None }, 1),
            (LoyaltyError::CodeWrong { tries_left: Some(4) }, 1),
            (LoyaltyError::Conflict { code: ErrorCode::AccountAmbiguous }, 1),
            (LoyaltyError::RateLimited { retry_after: None }, 1),
            (LoyaltyError::Unavailable { retry_after: None }, 3),
            (LoyaltyError::OutcomeUnknown, 5),
            (LoyaltyError::Outdated, 1),
            (LoyaltyError::Contract { code, path: "accounts/list".into(), field: String::new() }, 4),
            (LoyaltyError::Storage { code: ErrorCode::Storage }, 2),
            (LoyaltyError::SecretStore { code: ErrorCode::SecretStore }, 2),
            (LoyaltyError::Cancelled, 130),
            (LoyaltyError::Internal, 70),
        ]
    }

    #[test]
    fn every_category_has_its_documented_exit_status() {
        for (error, status) in errors() {
            assert_eq!(exit_status(error.category()), status, "{error:?}");
            let documented = crate::args::EXIT_CODES
                .lines()
                .any(|line| line.split_whitespace().next() == Some(&status.to_string()));
            assert!(documented, "{status} is not in --help");
        }
    }

    #[test]
    fn what_may_be_repeated_never_shares_a_status_with_an_unknown_outcome() {
        for (error, status) in errors() {
            assert_eq!(error.category() == Category::OutcomeUnknown, status == 5);
            assert!(!(error.retryable() && status == 5));
        }
    }

    #[test]
    fn the_error_document_has_exactly_its_promised_keys() {
        let error = LoyaltyError::RateLimited { retry_after: Some(Duration::from_millis(1500)) };
        let document = serde_json::to_value(ErrorDocument::new(&error, None)).unwrap();
        assert_eq!(
            document,
            serde_json::json!({"error": {
                "category": "rate_limited", "code": "rate_limited", "retryable": true, "retryAfter": 2,
                "field": null, "advice": ErrorCode::RateLimited.advice(),
            }})
        );
        let key = Uuid::from_u128(7);
        let document =
            serde_json::to_value(ErrorDocument::new(&LoyaltyError::OutcomeUnknown, Some(key))).unwrap();
        assert_eq!(document["key"], serde_json::json!(key));
        assert_eq!(document["error"]["retryable"], serde_json::json!(false));
    }

    #[test]
    fn every_code_tells_what_it_means_and_what_to_do() {
        for code in ErrorCode::ALL {
            let text = Failure::from(LoyaltyError::Conflict { code: *code }).of_write(Uuid::nil()).text();
            assert!(text.contains(code.meaning().trim()) && text.contains(code.advice()), "{code:?}");
        }
    }
}
