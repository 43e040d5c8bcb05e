//! When a request is tried again, and after how long.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use super::{BackendError, Effect};
use crate::ports::Ids;

/// How often a read is tried altogether.
const ATTEMPTS: u32 = 3;
/// The longest pause before the second attempt; it doubles for each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// What is added to a pause that the server asked for, at most, so that its clients do not return all at once.
const SPREAD: Duration = Duration::from_millis(250);
/// A server that asks for more is understood as asking for this much.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// How long to wait before trying again, or `None` when that is over: only reads are repeated, only after failures
/// that may pass, and only if the wait ends before the `left` time does. `attempt` counts those that have failed.
pub(super) fn pause(
    effect: Effect,
    error: &BackendError,
    attempt: u32,
    left: Duration,
    ids: &dyn Ids,
) -> Option<Duration> {
    if effect != Effect::Read || attempt >= ATTEMPTS {
        return None;
    }
    let asked = match error {
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

    #[test]
    fn only_reads_are_repeated() {
        let error = BackendError::Unavailable { retry_after: None };
        for (effect, repeated) in [(Effect::Read, true), (Effect::Repeatable, false), (Effect::Once, false)] {
            assert_eq!(pause(effect, &error, 1, PLENTY, &Fixed(7)).is_some(), repeated, "{effect:?}");
        }
    }

    #[test]
    fn the_third_failure_is_the_last() {
        let error = BackendError::Cut;
        assert!(pause(Effect::Read, &error, 2, PLENTY, &Fixed(7)).is_some());
        assert_eq!(pause(Effect::Read, &error, 3, PLENTY, &Fixed(7)), None);
    }

    #[test]
    fn a_refusal_is_not_repeated() {
        for error in [
            BackendError::Unauthorized,
            BackendError::NotFound,
            BackendError::Untrusted,
            BackendError::Timeout,
        ] {
            assert_eq!(pause(Effect::Read, &error, 1, PLENTY, &Fixed(7)), None, "{error:?}");
        }
    }

    #[test]
    fn the_pause_spreads_over_all_of_a_doubling_span() {
        let pause_of =
            |attempt, drawn| pause(Effect::Read, &BackendError::Cut, attempt, PLENTY, &Fixed(drawn));
        assert_eq!(pause_of(1, 0), Some(Duration::ZERO));
        assert_eq!(pause_of(1, 200_000), Some(Duration::from_millis(200)));
        assert_eq!(pause_of(1, 200_001), Some(Duration::ZERO));
        assert_eq!(pause_of(2, 400_000), Some(Duration::from_millis(400)));
    }

    #[test]
    fn the_servers_wish_is_kept_if_it_fits_into_the_time_left() {
        let error = BackendError::RateLimited { retry_after: Some(Duration::from_secs(2)) };
        assert_eq!(pause(Effect::Read, &error, 1, PLENTY, &Fixed(0)), Some(Duration::from_secs(2)));
        assert_eq!(pause(Effect::Read, &error, 1, Duration::from_secs(1), &Fixed(0)), None);
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
