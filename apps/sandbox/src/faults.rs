//! Failures on demand.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum FaultKind {
    /// The request is worked on later, even if the client has left by then.
    Delay {
        /// Milliseconds of real time.
        ms: u64,
    },
    /// A status instead of an answer; nothing is done.
    Status {
        /// 400 to 599.
        status: u16,
    },
    /// 429; nothing is done.
    RateLimit {
        /// Seconds to wait.
        retry_after: u32,
        /// How `Retry-After` tells them.
        #[serde(default, rename = "as")]
        form: RetryAfterForm,
    },
    /// The connection is reset; nothing is done.
    CutBefore,
    /// All is done and the connection is reset instead of an answer.
    CutAfter,
    /// The request is handled twice; the second answer is sent.
    Duplicate,
    /// All is done; the answer is not JSON.
    Garbage,
    /// All is done; half of the answer is sent, framed as if it were whole.
    Truncated,
    /// All is done; a streamed answer of that size.
    Oversize {
        /// Bytes.
        #[serde(default = "seventeen_mebibytes")]
        bytes: u64,
    },
    /// All is done; the answer's header never ends.
    EndlessHeader,
    /// No answer, ever.
    Never {
        /// Whether the work is done.
        #[serde(default)]
        effect: bool,
    },
    /// 401 `token_expired`; nothing is done.
    ExpiredToken,
    /// All is done; the new rows appear in history later.
    LateRows {
        /// Minutes of the sandbox's time.
        minutes: u32,
    },
    /// On `accounts/transactions`: the oldest accrual asked for changes before the answer.
    CorrectedRow {
        /// Kopecks added to it; below zero: taken.
        add: i64,
    },
}

fn seventeen_mebibytes() -> u64 {
    17 << 20
}

/// How `Retry-After` is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetryAfterForm {
    /// `2`
    #[default]
    Seconds,
    /// `Mon, 15 Jun 2026 09:00:02 GMT`, by the sandbox's clock.
    Date,
}

/// How often a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "TimesText", into = "TimesText")]
pub enum Times {
    /// The next N requests.
    Next(u32),
    /// Every request.
    Forever,
    /// Every N-th request, beginning with the N-th.
    Every(u32),
}

impl Default for Times {
    fn default() -> Self {
        Self::Next(1)
    }
}

/// `3`, `"forever"` or `{"every": 3}`.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum TimesText {
    Next(u32),
    Word(ForeverWord),
    Every { every: u32 },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ForeverWord {
    Forever,
}

impl From<TimesText> for Times {
    fn from(text: TimesText) -> Self {
        match text {
            TimesText::Next(count) => Self::Next(count),
            TimesText::Word(ForeverWord::Forever) => Self::Forever,
            TimesText::Every { every } => Self::Every(every.max(1)),
        }
    }
}

impl From<Times> for TimesText {
    fn from(times: Times) -> Self {
        match times {
            Times::Next(count) => Self::Next(count),
            Times::Forever => Self::Word(ForeverWord::Forever),
            Times::Every(every) => Self::Every { every },
        }
    }
}

/// A failure, the method it strikes and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The contract's name of the method, `till/check`, or `*` for all.
    pub method: String,
    /// What goes wrong.
    #[serde(flatten)]
    pub kind: FaultKind,
    /// How often.
    #[serde(default)]
    pub times: Times,
}

impl Fault {
    /// A failure of one method, or of all with `*`.
    pub fn new(method: impl Into<String>, kind: FaultKind, times: Times) -> Self {
        Self { method: method.into(), kind, times }
    }
}

/// The faults in force. Clones share them. Several may strike one request, as far as they go together.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<Vec<Armed>>>);

#[derive(Debug)]
struct Armed {
    fault: Fault,
    seen: u32,
}

impl Faults {
    pub(crate) fn new(faults: Vec<Fault>) -> Self {
        let all = Self::default();
        faults.into_iter().for_each(|fault| all.add(fault));
        all
    }

    fn armed(&self) -> MutexGuard<'_, Vec<Armed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a fault after those in force.
    pub fn add(&self, fault: Fault) {
        self.armed().push(Armed { fault, seen: 0 });
    }

    /// The faults in force, with the strikes they have left.
    pub fn list(&self) -> Vec<Fault> {
        self.armed().iter().map(|armed| armed.fault.clone()).collect()
    }

    /// Ends all faults.
    pub fn clear(&self) {
        self.armed().clear();
    }

    /// What strikes a request of `method` that arrives now.
    pub(crate) fn strike(&self, method: &str) -> Strike {
        let mut strike = Strike::default();
        self.armed().retain_mut(|armed| {
            if armed.fault.method != "*" && armed.fault.method != method {
                return true;
            }
            armed.seen = armed.seen.wrapping_add(1);
            match &mut armed.fault.times {
                Times::Next(0) => return false,
                Times::Next(left) => *left -= 1,
                Times::Forever => {}
                Times::Every(every) if armed.seen % (*every).max(1) != 0 => return true,
                Times::Every(_) => {}
            }
            strike.add(armed.fault.kind);
            armed.fault.times != Times::Next(0)
        });
        strike
    }
}

/// What happens instead of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Instead {
    Status(u16),
    RateLimit(u32, RetryAfterForm),
    Cut,
    Never,
    ExpiredToken,
}

/// What happens to the answer after the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Cut,
    Garbage,
    Truncated,
    Oversize(u64),
    EndlessHeader,
    Never,
}

/// All that strikes one request; of two that exclude each other the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Strike {
    pub(crate) delay: Duration,
    pub(crate) instead: Option<Instead>,
    pub(crate) twice: bool,
    pub(crate) answer: Option<Answer>,
    pub(crate) hidden_seconds: i64,
    pub(crate) correct: Option<i64>,
}

impl Strike {
    fn add(&mut self, kind: FaultKind) {
        match kind {
            FaultKind::Delay { ms } => self.delay = self.delay.saturating_add(Duration::from_millis(ms)),
            FaultKind::Status { status } => self.put_instead(Instead::Status(status)),
            FaultKind::RateLimit { retry_after, form } => {
                self.put_instead(Instead::RateLimit(retry_after, form));
            }
            FaultKind::CutBefore => self.put_instead(Instead::Cut),
            FaultKind::ExpiredToken => self.put_instead(Instead::ExpiredToken),
            FaultKind::Never { effect: false } => self.put_instead(Instead::Never),
            FaultKind::Never { effect: true } => self.put_answer(Answer::Never),
            FaultKind::CutAfter => self.put_answer(Answer::Cut),
            FaultKind::Garbage => self.put_answer(Answer::Garbage),
            FaultKind::Truncated => self.put_answer(Answer::Truncated),
            FaultKind::Oversize { bytes } => self.put_answer(Answer::Oversize(bytes)),
            FaultKind::EndlessHeader => self.put_answer(Answer::EndlessHeader),
            FaultKind::Duplicate => self.twice = true,
            FaultKind::LateRows { minutes } => self.hidden_seconds = i64::from(minutes) * 60,
            FaultKind::CorrectedRow { add } => self.correct = Some(add),
        }
    }

    fn put_instead(&mut self, instead: Instead) {
        self.instead.get_or_insert(instead);
    }

    fn put_answer(&mut self, answer: Answer) {
        self.answer.get_or_insert(answer);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fault_strikes_as_often_as_asked() {
        let faults = Faults::default();
        faults.add(Fault::new("a", FaultKind::CutAfter, Times::Next(2)));
        faults.add(Fault::new("*", FaultKind::Duplicate, Times::Every(2)));
        let strikes: Vec<_> =
            (0..4).map(|_| faults.strike("a")).map(|s| (s.answer.is_some(), s.twice)).collect();
        assert_eq!(strikes, [(true, false), (true, true), (false, false), (false, true)]);
        assert_eq!(faults.list().len(), 1);
    }

    #[test]
    fn faults_are_written_as_the_readme_says() {
        let read = |value| serde_json::from_value::<Fault>(value).unwrap();
        assert_eq!(
            read(json!({"method": "accounts/refill", "fault": "rate-limit", "retryAfter": 2, "as": "date"})),
            Fault::new(
                "accounts/refill",
                FaultKind::RateLimit { retry_after: 2, form: RetryAfterForm::Date },
                Times::Next(1)
            )
        );
        let every = Fault::new("*", FaultKind::Oversize { bytes: 17 << 20 }, Times::Every(3));
        assert_eq!(read(json!({"method": "*", "fault": "oversize", "times": {"every": 3}})), every);
        assert_eq!(read(serde_json::to_value(&every).unwrap()), every);
        let forever = read(json!({"method": "*", "fault": "never", "effect": true, "times": "forever"}));
        assert_eq!(forever, Fault::new("*", FaultKind::Never { effect: true }, Times::Forever));
    }
}
