//! What to remind a guest of, and when.

use std::sync::Arc;

use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Span, Timestamp};

use super::snapshot::Snapshot;
use crate::domain::wording::{Lang, Wording};
use crate::domain::{Bonus, BusinessCalendar};

/// A snapshot that is older than this when the reminder is due says that something burns, but not how much: a guest
/// who has not opened the app for so long may have spent it.
const AMOUNT_HOLDS: SignedDuration = SignedDuration::from_hours(14 * 24);

/// When a guest wants to be reminded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReminderPolicy {
    /// How many business days before a burn.
    pub days_before: Vec<u32>,
    /// At which time of day at the venue.
    pub at: Time,
    /// How many reminders at most, the soonest first: platforms bound how many can be scheduled.
    pub limit: usize,
}

impl Default for ReminderPolicy {
    /// A week before and the day before, at eleven.
    fn default() -> Self {
        Self { days_before: vec![7, 1], at: Time::constant(11, 0, 0, 0), limit: 16 }
    }
}

/// Something to show to a guest at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminder {
    /// The same for the same burn and the same number of days, whatever else changes: a shell replaces what it has
    /// scheduled under this name, and cancels what is no longer in the list.
    pub id: String,
    /// When to show it, UTC.
    pub notify_at: Timestamp,
    /// The business day on which the bonuses burn.
    pub burn_on: Date,
    /// How many business days lie between the two.
    pub days_before: u32,
    /// How much burns; `None` when what is known will be too old by then.
    pub amount: Option<Bonus>,
    /// When it was read, UTC.
    pub as_of: Timestamp,
}

impl Reminder {
    /// What to say, with the date of what it is based on.
    #[must_use]
    pub fn text(&self, wording: &Wording, calendar: &BusinessCalendar) -> String {
        let days = i32::try_from(self.days_before).unwrap_or(i32::MAX);
        let burns = match self.amount {
            Some(amount) => wording.burn_line(amount, days),
            // Without the unit's word: it would need a number to agree with.
            None => match wording.lang() {
                Lang::Ru => format!("Часть баланса сгорит {}", wording.relative_day(days)),
                Lang::En => format!("Part of your balance will expire {}", wording.relative_day(days)),
            },
        };
        let as_of = wording.as_of(calendar.local(self.as_of), calendar.local(self.notify_at).date());
        format!("{burns}, {as_of}")
    }
}

/// The reminders that follow from a snapshot, soonest first. What is already past is left out.
pub(super) fn reminders(
    snapshot: &Arc<Snapshot>,
    policy: &ReminderPolicy,
    calendar: &BusinessCalendar,
    now: Timestamp,
) -> Vec<Reminder> {
    let burns = snapshot.balance.schedule.burns().iter();
    let mut reminders: Vec<_> = burns
        .flat_map(|burn| policy.days_before.iter().map(move |days| (burn, *days)))
        .filter_map(|(burn, days_before)| {
            let notify_at = due(calendar, burn.on, days_before, policy.at)?;
            let holds = notify_at.duration_since(snapshot.as_of) <= AMOUNT_HOLDS;
            Some(Reminder {
                id: format!("burn-{}-{days_before}", burn.on),
                notify_at,
                burn_on: burn.on,
                days_before,
                amount: holds.then_some(burn.amount),
                as_of: snapshot.as_of,
            })
        })
        // From the moment its day comes, a burn has happened.
        .filter(|reminder| {
            now < reminder.notify_at && reminder.notify_at < calendar.start_of(reminder.burn_on)
        })
        .collect();
    reminders.sort_by(|one, other| (one.notify_at, &one.id).cmp(&(other.notify_at, &other.id)));
    reminders.dedup_by(|one, other| one.id == other.id);
    reminders.truncate(policy.limit);
    reminders
}

/// The instant within the business day `days` before `burn_on` at which the venue's clocks show `at`.
fn due(calendar: &BusinessCalendar, burn_on: Date, days: u32, at: Time) -> Option<Timestamp> {
    let day = burn_on.checked_sub(Span::new().try_days(days).ok()?).ok()?;
    // Before the change of day the clocks show the next date.
    let date = if at < calendar.day_change { day.tomorrow().ok()? } else { day };
    calendar.zone.to_ambiguous_timestamp(date.to_datetime(at)).compatible().ok()
}
