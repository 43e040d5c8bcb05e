//! When a request is tried again, and after how long.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use super::{BackendError, Effect, Verb};
use crate::ports::Ids;

/// How often a request that may be repeated is tried altogether.
const ATTEMPTS: u32 = 3;
/// The longest pause before the second attempt; it doubles for each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// What is added to a pause that the server asked for, at most, so that its clients do not return all at once.
const SPREAD: Duration = Duration::from_millis(250);
/// A server that asks for more is understood as asking for this much.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// How long to wait before trying again, or `None` when that is over: only after failures that may pass, and only if the
/// wait ends before the `left` time does. `attempt` counts those that have failed.
pub(super) fn pause(
    (effect, verb): (Effect, Verb),
    error: &BackendError,
    attempt: u32,
    left: Duration,
    ids: &dyn Ids,
) -> Option<Duration> {
    if attempt >= ATTEMPTS {
        return None;
    }
    let asked = match error {
        BackendError::Cut if survives_a_cut(effect, verb) => None,
        _ if effect != Effect::Read => return None,
        BackendError::Offline | BackendError::Cut => None,
        BackendError::RateLimited { retry_after } | BackendError::Unavailable { retry_after } => *retry_after,
        _ => return None,
    };
    let pause = match asked {
        Some(asked) => asked.saturating_add(jittered(SPREAD, ids)),
        None => jittered(FIRST_PAUSE.saturating_mul(1 << (attempt - 1)), ids),
    };
    (pause < left).then_some(pause)
}

/// Whether a request may be sent again when its connection ends without an answer. That says little about the server: a
/// connection that was kept may have ended long ago, and nobody noticed before something was written to it. HTTP lets
/// what is idempotent by its verb be sent again then; a `POST` that would do no harm to the server may still send a
/// guest a second message.
fn survives_a_cut(effect: Effect, verb: Verb) -> bool {
    match effect {
        Effect::Read => true,
        Effect::Repeatable => matches!(verb, Verb::Put | Verb::Delete),
        Effect::Once => false,
    }
}

/// A random part of `longest`.
fn jittered(longest: Duration, ids: &dyn Ids) -> Duration {
    let micros = u64::try_from(longest.as_micros()).unwrap_or(u64::MAX);
    Duration::from_micros(ids.jitter() % micros.saturating_add(1))
}

/// Reads a `Retry-After`: seconds, or a date. Unreadable ones count as none.
pub(super) fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    let wait = if text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
        // A number that does not fit is a long wait all the same.
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        Duration::try_from(http_date(text)?.duration_since(now)).unwrap_or_default()
    };
    Some(wait.min(LONGEST_WAIT))
}

/// Reads a date as HTTP writes it.
pub(super) fn http_date(text: &str) -> Option<Timestamp> {
    let date: SystemTime = httpdate::parse_http_date(text).ok()?;
    Timestamp::try_from(date).ok()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    /// Always draws the same.
    #[derive(Debug)]
    struct Fixed(u64);

    impl Ids for Fixed {
        fn new_id(&self) -> Uuid {
            Uuid::nil()
        }
        fn jitter(&self) -> u64 {
            self.0
        }
    }

    const PLENTY: Duration = Duration::from_secs(20);

    const READ: (Effect, Verb) = (Effect::Read, Verb::Get);

    #[test]
    fn only_reads_are_repeated_when_a_server_fails() {
        let error = BackendError::Unavailable { retry_after: None };
        for (request, repeated) in [
            (READ, true),
            ((Effect::Read, Verb::Post), true),
            ((Effect::Repeatable, Verb::Delete), false),
            ((Effect::Repeatable, Verb::Post), false),
            ((Effect::Once, Verb::Post), false),
        ] {
            assert_eq!(pause(request, &error, 1, PLENTY, &Fixed(7)).is_some(), repeated, "{request:?}");
        }
    }

    #[test]
    fn what_is_idempotent_by_its_verb_survives_a_cut_and_nothing_that_counts_does() {
        for (request, repeated) in [
            (READ, true),
            ((Effect::Repeatable, Verb::Delete), true),
            ((Effect::Repeatable, Verb::Put), true),
            ((Effect::Repeatable, Verb::Post), false),
            ((Effect::Repeatable, Verb::Patch), false),
            ((Effect::Once, Verb::Delete), false),
        ] {
            let pause = pause(request, &BackendError::Cut, 1, PLENTY, &Fixed(7));
            assert_eq!(pause.is_some(), repeated, "{request:?}");
        }
    }

    #[test]
    fn the_third_failure_is_the_last() {
        let error = BackendError::Cut;
        assert!(pause(READ, &error, 2, PLENTY, &Fixed(7)).is_some());
        assert_eq!(pause(READ, &error, 3, PLENTY, &Fixed(7)), None);
    }

    #[test]
    fn a_refusal_is_not_repeated() {
        for error in [
            BackendError::Unauthorized,
            BackendError::NotFound,
            BackendError::Untrusted,
            BackendError::Timeout,
        ] {
            assert_eq!(pause(READ, &error, 1, PLENTY, &Fixed(7)), None, "{error:?}");
        }
    }

    #[test]
    fn the_pause_spreads_over_all_of_a_doubling_span() {
        let pause_of = |attempt, drawn| pause(READ, &BackendError::Cut, attempt, PLENTY, &Fixed(drawn));
        assert_eq!(pause_of(1, 0), Some(Duration::ZERO));
        assert_eq!(pause_of(1, 200_000), Some(Duration::from_millis(200)));
        assert_eq!(pause_of(1, 200_001), Some(Duration::ZERO));
        assert_eq!(pause_of(2, 400_000), Some(Duration::from_millis(400)));
    }

    #[test]
    fn the_servers_wish_is_kept_if_it_fits_into_the_time_left() {
        let error = BackendError::RateLimited { retry_after: Some(Duration::from_secs(2)) };
        assert_eq!(pause(READ, &error, 1, PLENTY, &Fixed(0)), Some(Duration::from_secs(2)));
        assert_eq!(pause(READ, &error, 1, Duration::from_secs(1), &Fixed(0)), None);
    }

    #[test]
    fn a_wait_is_read_as_seconds_or_as_a_date() {
        let now: Timestamp = "2026-06-15T09:00:00Z".parse().unwrap();
        assert_eq!(retry_after("3", now), Some(Duration::from_secs(3)));
        assert_eq!(retry_after("Mon, 15 Jun 2026 09:00:30 GMT", now), Some(Duration::from_secs(30)));
        assert_eq!(retry_after("Mon, 15 Jun 2026 08:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("99999999999999999999999999", now), Some(LONGEST_WAIT));
        for text in ["", "soon", "-1", "1.5"] {
            assert_eq!(retry_after(text, now), None, "{text}");
        }
    }
}
