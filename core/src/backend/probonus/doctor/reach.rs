//! Whether the server is there and who can listen, by one request that needs nobody to be signed in.

use reqwest::header::HeaderMap;
use url::Url;

use super::examination::{Check, Outcome, Subject};
use crate::backend::BackendError;
use crate::backend::http::{Effect, Http, Request, Verb, is_loopback};
use crate::error_code::ErrorCode;

/// What the request came to: why nothing answered.
pub(super) type Contact = Result<(), ErrorCode>;

/// Asks for the address itself: whatever answers there, even with a refusal, has been reached.
pub(super) async fn contact(http: &Http, base: &Url) -> Contact {
    let headers = HeaderMap::new();
    let (effect, verb) = (Effect::Read, Verb::Get);
    let request = Request { method: "address", effect, verb, url: base, headers: &headers, body: None };
    answered(http.send(&request).await.err())
}

fn answered(error: Option<BackendError>) -> Contact {
    let Some(error) = error else { return Ok(()) };
    match error {
        BackendError::Offline => Err(ErrorCode::Offline),
        BackendError::Untrusted => Err(ErrorCode::Untrusted),
        BackendError::Timeout => Err(ErrorCode::Timeout),
        BackendError::Cut => Err(ErrorCode::ConnectionCut),
        BackendError::Unauthorized
        | BackendError::Forbidden
        | BackendError::NotFound
        | BackendError::GuestNotFound
        | BackendError::Rejected { .. }
        | BackendError::CodeWrong { .. }
        | BackendError::Conflict(_)
        | BackendError::RateLimited { .. }
        | BackendError::Unavailable { .. }
        | BackendError::Outdated
        | BackendError::Reply { .. } => Ok(()),
        // None of these has heard anything of a server.
        BackendError::OutcomeUnknown
        | BackendError::Unsupported
        | BackendError::Input(_)
        | BackendError::Secrets(_)
        | BackendError::Internal => Err(ErrorCode::Internal),
    }
}

/// Whether the server answers.
pub(super) fn reach(contact: Contact) -> Check {
    match contact {
        Err(code) => Check::new(Subject::Reach, Outcome::Failed, code.as_str(), code.advice()),
        Ok(()) => Check::new(Subject::Reach, Outcome::Ok, "reached", "The server answers."),
    }
}

/// Whether nobody can listen, and the server is who it says.
pub(super) fn encryption(base: Option<&Url>, contact: Contact) -> Check {
    let check = |outcome, code, text: &str| Check::new(Subject::Encryption, outcome, code, text);
    let Some(base) = base else {
        return check(Outcome::Skipped, "no_address", "There is no address in the configuration.");
    };
    match (base.scheme(), contact) {
        ("https", Err(ErrorCode::Untrusted)) => {
            let text = "The certificate is not trusted. Check the address; if the instance has a certificate of its \
                        own, name it in ca_file.";
            check(Outcome::Failed, "untrusted", text)
        }
        ("https", Err(_)) => check(Outcome::Skipped, "not_reached", "The server was not reached."),
        ("https", Ok(())) => {
            check(Outcome::Ok, "encrypted", "The connection is encrypted, the certificate trusted.")
        }
        _ if is_loopback(base) => check(Outcome::Ok, "local", "The connection does not leave this machine."),
        _ => {
            let text = "The address is plain http: whoever is on the way reads the token and every guest's data. Use \
                        https.";
            check(Outcome::Warning, "plain_http", text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::InvalidInput;
    use crate::ports::SecretStoreError;

    #[test]
    fn an_address_is_judged_by_who_can_listen() {
        for (url, contact, outcome, code) in [
            ("https://host", Ok(()), Outcome::Ok, "encrypted"),
            ("https://host", Err(ErrorCode::Untrusted), Outcome::Failed, "untrusted"),
            ("https://host", Err(ErrorCode::Offline), Outcome::Skipped, "not_reached"),
            ("https://host", Err(ErrorCode::Internal), Outcome::Skipped, "not_reached"),
            ("http://host", Ok(()), Outcome::Warning, "plain_http"),
            ("http://127.0.0.1.example", Ok(()), Outcome::Warning, "plain_http"),
            ("http://127.0.0.1:6896", Ok(()), Outcome::Ok, "local"),
            ("http://[::1]:6896", Ok(()), Outcome::Ok, "local"),
            ("http://localhost", Ok(()), Outcome::Ok, "local"),
        ] {
            let check = encryption(Some(&Url::parse(url).unwrap()), contact);
            assert_eq!((check.outcome, check.code), (outcome, code), "{url}");
        }
    }

    #[test]
    fn a_refusal_is_an_answer_and_a_failure_of_our_own_is_none() {
        for refusal in [
            BackendError::Unauthorized,
            BackendError::NotFound,
            BackendError::Unavailable { retry_after: None },
            BackendError::RateLimited { retry_after: None },
        ] {
            assert_eq!(answered(Some(refusal)), Ok(()));
        }
        assert_eq!(answered(Some(BackendError::Untrusted)), Err(ErrorCode::Untrusted));
        for own in [
            BackendError::Secrets(SecretStoreError::Unavailable),
            BackendError::Input(InvalidInput::new("phone", ErrorCode::PhoneInvalid)),
            BackendError::Internal,
        ] {
            let contact = answered(Some(own));
            assert_eq!(contact, Err(ErrorCode::Internal));
            assert_eq!(reach(contact).outcome, Outcome::Failed);
        }
    }
}
