//! The law of settling a write whose outcome is not known: what counts as evidence, and what follows from it.
//!
//! Only our own key in the server's history is evidence. A balance never is: tills change it at the same time. That
//! the key is *not* there proves something only where such keys are known to appear, and only when enough of the
//! server's own time has passed. All instants in here are the server's, taken from the dates of its replies, so that
//! a wrong clock on this machine can delay a decision and never falsify one.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Transaction, TransactionKind, WriteState};

/// A history with so many rows may have been cut by the server (`assumed`: its limit is not public).
const PERHAPS_CUT: usize = 5_000;
/// Dates of replies are cut to the second.
const DATE_STEP: SignedDuration = SignedDuration::from_secs(1);

/// By what a write is recognised in a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// Our key.
    pub key: Uuid,
    /// The restaurant's code and the purchase's number, for a check.
    pub purchase: Option<(i64, String)>,
}

/// What one look at an account's history says about one write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sighting {
    /// It was applied so many times; at least once.
    Applied(u32),
    /// The whole history of the time in question is there, and it is not in it.
    Absent,
    /// Neither can be said.
    Unclear,
}

/// How one row bears on a write.
enum Bearing {
    Ours,
    Perhaps,
    Other,
}

impl Trace {
    /// Looks for the write in a history.
    #[must_use]
    pub fn sight(&self, history: &[Transaction]) -> Sighting {
        let (mut gained, mut lost, mut level) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let (mut found, mut perhaps) = (false, false);
        for row in history {
            match self.bearing(row) {
                Bearing::Ours => found = true,
                Bearing::Perhaps => {
                    perhaps = true;
                    continue;
                }
                Bearing::Other => continue,
            }
            if matches!(row.kind, TransactionKind::Burn | TransactionKind::Correction) {
                // What later became of the bonuses is not another application.
                continue;
            }
            // One purchase may both take and give: its two rows are one application.
            let side = match row.sum.hundredths().signum() {
                1 => &mut gained,
                -1 => &mut lost,
                _ => &mut level,
            };
            side.insert(row.id);
        }
        if found {
            let times = gained.len().max(lost.len()).max(level.len()).max(1);
            return Sighting::Applied(u32::try_from(times).unwrap_or(u32::MAX));
        }
        if perhaps || history.len() >= PERHAPS_CUT { Sighting::Unclear } else { Sighting::Absent }
    }

    fn bearing(&self, row: &Transaction) -> Bearing {
        if row.key == Some(self.key) || row.check_guid == Some(self.key) {
            return Bearing::Ours;
        }
        let Some((venue_code, external_check)) = &self.purchase else { return Bearing::Other };
        if row.external_check.as_deref() != Some(external_check.as_str()) {
            return Bearing::Other;
        }
        match row.venue_code {
            Some(code) if code == *venue_code => Bearing::Ours,
            Some(_) => Bearing::Other,
            // The number alone: two restaurants may have used it.
            None if row.check_guid.is_some() => Bearing::Other,
            None => Bearing::Perhaps,
        }
    }
}

/// When a look was made, by dates of the server's replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LookTime {
    /// A time that the server had reached before it was asked; `None` when it had told none yet.
    pub began: Option<Timestamp>,
    /// A time that it had reached when it had answered.
    pub ended: Option<Timestamp>,
}

/// How long to wait before something counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// From an attempt to the first look whose finding nothing counts.
    pub settle_after: SignedDuration,
    /// From that look to the second.
    pub between_looks: SignedDuration,
    /// From the last attempt to the end of watching what is settled, for an effect that comes twice or late.
    pub watch: SignedDuration,
}

impl Patience {
    /// The usual: the first look after a quarter of an hour, the second five minutes later, watching for a day.
    pub const USUAL: Self = Self {
        settle_after: SignedDuration::from_mins(15),
        between_looks: SignedDuration::from_mins(5),
        watch: SignedDuration::from_hours(24),
    };
}

/// What is known about a write before a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// How far it has come.
    pub state: WriteState,
    /// Whether the last attempt was answered with a no, while an earlier one is in doubt.
    pub refused: bool,
    /// A time that the server reached after the last attempt.
    pub after_attempt: Option<Timestamp>,
    /// The first look that counted and found nothing.
    pub first_look: Option<Timestamp>,
    /// Whether finding nothing can be proof: such keys appear on this server, and this write must leave one.
    pub provable: bool,
}

/// What follows from a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing yet; these two are kept for the next look.
    Wait {
        /// As in [`Standing::after_attempt`].
        after_attempt: Option<Timestamp>,
        /// As in [`Standing::first_look`].
        first_look: Option<Timestamp>,
    },
    /// It was applied once.
    Accepted,
    /// It was applied so many times.
    Duplicate(u32),
    /// It was not applied and will not be: it is sent again under its key.
    SendAgain,
    /// It was not applied, and the server's no to the last attempt stands.
    Rejected,
    /// It is settled as it stands, and watched long enough.
    Watched,
}

/// Decides what a look means for a write.
#[must_use]
pub fn judge(standing: Standing, sighting: Sighting, look: LookTime, patience: Patience) -> Verdict {
    use WriteState::{Accepted, Duplicate, Rejected, Unknown};
    match (sighting, standing.state) {
        (Sighting::Applied(2..), Duplicate) if is_over(standing.after_attempt, look, patience.watch) => {
            Verdict::Watched
        }
        (Sighting::Applied(times @ 2..), _) => Verdict::Duplicate(times),
        // Once the books have shown it twice, a later look that shows it once has seen them corrected.
        (Sighting::Applied(_), Accepted | Duplicate) => watched(standing, look, patience),
        (Sighting::Applied(_), _) => Verdict::Accepted,
        (_, Accepted | Duplicate | Rejected) => watched(standing, look, patience),
        (Sighting::Absent, Unknown) => absent(standing, look, patience),
        _ => wait(standing, look, standing.first_look),
    }
}

fn watched(standing: Standing, look: LookTime, patience: Patience) -> Verdict {
    if is_over(standing.after_attempt, look, patience.watch) {
        return Verdict::Watched;
    }
    wait(standing, look, None)
}

fn absent(standing: Standing, look: LookTime, patience: Patience) -> Verdict {
    if !is_over(standing.after_attempt, look, patience.settle_after) {
        return wait(standing, look, None);
    }
    let Some(first) = standing.first_look else { return wait(standing, look, look.began) };
    if !standing.provable || !is_over(Some(first), look, patience.between_looks) {
        return wait(standing, look, Some(first));
    }
    if standing.refused { Verdict::Rejected } else { Verdict::SendAgain }
}

/// Whether the server's clock had moved by `span` from `start` when the look began.
fn is_over(start: Option<Timestamp>, look: LookTime, span: SignedDuration) -> bool {
    start.zip(look.began).is_some_and(|(start, began)| began.duration_since(start) >= span)
}

fn wait(standing: Standing, look: LookTime, first_look: Option<Timestamp>) -> Verdict {
    // The look was asked for after the attempt had ended, so its reply's date is later than the attempt.
    let after_attempt =
        standing.after_attempt.or_else(|| look.ended.and_then(|ended| ended.checked_add(DATE_STEP).ok()));
    Verdict::Wait { after_attempt, first_look }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Bonus, TransactionId};

    const KEY: Uuid = Uuid::from_u128(7);

    fn row(id: i64, sum: i64) -> Transaction {
        Transaction {
            id: TransactionId(id),
            at: Timestamp::UNIX_EPOCH,
            kind: TransactionKind::Refill,
            sum: Bonus::from_hundredths(sum),
            balance_after: None,
            receipt: None,
            check_guid: None,
            external_check: None,
            venue_code: None,
            venue: None,
            money_spent: None,
            comment: None,
            key: None,
        }
    }

    fn refill() -> Trace {
        Trace { key: KEY, purchase: None }
    }

    fn check() -> Trace {
        Trace { key: KEY, purchase: Some((3, "A-17".to_owned())) }
    }

    fn at(minutes: i64) -> Option<Timestamp> {
        Some(Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes))
    }

    fn look(minutes: i64) -> LookTime {
        LookTime { began: at(minutes), ended: at(minutes) }
    }

    fn unknown(after_attempt: Option<Timestamp>, first_look: Option<Timestamp>) -> Standing {
        Standing { state: WriteState::Unknown, refused: false, after_attempt, first_look, provable: true }
    }

    fn absent_at(standing: Standing, minutes: i64) -> Verdict {
        judge(standing, Sighting::Absent, look(minutes), Patience::USUAL)
    }

    #[test]
    fn a_key_in_a_comment_is_seen_and_a_like_sum_without_it_is_not() {
        let mut ours = row(1, 500);
        assert_eq!(refill().sight(std::slice::from_ref(&ours)), Sighting::Absent);
        ours.key = Some(KEY);
        assert_eq!(refill().sight(&[ours]), Sighting::Applied(1));
    }

    #[test]
    fn a_purchase_that_takes_and_gives_is_one_application() {
        let rows: Vec<_> = [(1, 300), (2, -200)]
            .map(|(id, sum)| Transaction { check_guid: Some(KEY), ..row(id, sum) })
            .into();
        assert_eq!(check().sight(&rows), Sighting::Applied(1));
        let twice: Vec<_> = [(1, 300), (2, -200), (3, 300), (4, -200)]
            .map(|(id, sum)| Transaction { check_guid: Some(KEY), ..row(id, sum) })
            .into();
        assert_eq!(check().sight(&twice), Sighting::Applied(2));
    }

    #[test]
    fn a_row_that_is_read_twice_counts_once() {
        let ours = Transaction { key: Some(KEY), ..row(1, 500) };
        assert_eq!(refill().sight(&[ours.clone(), ours]), Sighting::Applied(1));
    }

    #[test]
    fn what_burned_later_is_not_a_second_application() {
        let ours = Transaction { key: Some(KEY), ..row(1, 500) };
        let burned = Transaction { key: Some(KEY), kind: TransactionKind::Burn, ..row(2, -500) };
        assert_eq!(refill().sight(&[ours, burned]), Sighting::Applied(1));
    }

    #[test]
    fn the_number_of_a_purchase_is_evidence_only_with_its_restaurant() {
        let numbered = Transaction { external_check: Some("A-17".to_owned()), ..row(1, 300) };
        assert_eq!(check().sight(std::slice::from_ref(&numbered)), Sighting::Unclear);
        let here = Transaction { venue_code: Some(3), ..numbered.clone() };
        assert_eq!(check().sight(&[here]), Sighting::Applied(1));
        let elsewhere = Transaction { venue_code: Some(4), ..numbered };
        assert_eq!(check().sight(&[elsewhere]), Sighting::Absent);
    }

    #[test]
    fn a_history_that_may_be_cut_proves_no_absence() {
        let full: Vec<_> = (0..5_000).map(|id| row(id, 1)).collect();
        assert_eq!(refill().sight(&full), Sighting::Unclear);
    }

    #[test]
    fn two_looks_a_quarter_of_an_hour_after_the_attempt_prove_absence() {
        let Verdict::Wait { after_attempt, first_look } = absent_at(unknown(at(0), None), 15) else {
            panic!("one look is no proof")
        };
        assert_eq!(first_look, at(15));
        assert_eq!(absent_at(unknown(after_attempt, first_look), 20), Verdict::SendAgain);
    }

    #[test]
    fn a_look_too_early_does_not_count_and_a_second_one_too_soon_neither() {
        assert_eq!(
            absent_at(unknown(at(0), None), 14),
            Verdict::Wait { after_attempt: at(0), first_look: None }
        );
        assert_eq!(
            absent_at(unknown(at(0), at(15)), 19),
            Verdict::Wait { after_attempt: at(0), first_look: at(15) }
        );
    }

    #[test]
    fn a_look_without_the_servers_time_only_starts_the_wait() {
        let first_contact = LookTime { began: None, ended: at(100) };
        let verdict = judge(unknown(None, None), Sighting::Absent, first_contact, Patience::USUAL);
        let expected = at(100).and_then(|ended| ended.checked_add(DATE_STEP).ok());
        assert_eq!(verdict, Verdict::Wait { after_attempt: expected, first_look: None });
    }

    #[test]
    fn absence_proves_nothing_where_keys_do_not_appear() {
        let silent = Standing { provable: false, ..unknown(at(0), at(15)) };
        assert_eq!(absent_at(silent, 600), Verdict::Wait { after_attempt: at(0), first_look: at(15) });
    }

    #[test]
    fn a_no_to_a_second_attempt_stands_once_the_first_is_proven_absent() {
        let refused = Standing { refused: true, ..unknown(at(0), at(15)) };
        assert_eq!(absent_at(refused, 20), Verdict::Rejected);
    }

    #[test]
    fn a_key_seen_settles_whatever_stood_before() {
        for state in [WriteState::Prepared, WriteState::Unknown, WriteState::Rejected] {
            let standing = Standing { state, ..unknown(at(0), None) };
            assert_eq!(judge(standing, Sighting::Applied(1), look(1), Patience::USUAL), Verdict::Accepted);
        }
        for state in [WriteState::Unknown, WriteState::Accepted, WriteState::Rejected] {
            let standing = Standing { state, ..unknown(at(0), None) };
            assert_eq!(
                judge(standing, Sighting::Applied(2), look(1), Patience::USUAL),
                Verdict::Duplicate(2)
            );
        }
    }

    #[test]
    fn what_is_settled_is_watched_for_a_day() {
        let accepted = Standing { state: WriteState::Accepted, ..unknown(at(0), None) };
        let verdict = judge(accepted, Sighting::Applied(1), look(60), Patience::USUAL);
        assert_eq!(verdict, Verdict::Wait { after_attempt: at(0), first_look: None });
        let verdict = judge(accepted, Sighting::Applied(1), look(24 * 60), Patience::USUAL);
        assert_eq!(verdict, Verdict::Watched);
        let late = judge(accepted, Sighting::Applied(2), look(24 * 60), Patience::USUAL);
        assert_eq!(late, Verdict::Duplicate(2));
    }
}
