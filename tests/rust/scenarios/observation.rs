//! What a step shows, as plain data: sums in hundredths, instants in UTC, words in both languages.

use jiff::Timestamp;
use loyalty_core::LoyaltyError;
use loyalty_core::domain::wording::{Lang, UnitWords, Wording};
use loyalty_core::domain::{
    Bonus, BurnSchedule, BusinessCalendar, Inconsistency, Receipt, TillCode, Transaction,
};
use loyalty_core::guest::{Connectivity, Freshness, HistoryPage, Reminder, View};
use serde_json::{Value, json};

/// Of steps that show nothing.
pub(super) fn done() -> Value {
    json!({"done": true})
}

/// Of an answer, or of its error.
pub(super) fn of<T>(answer: Result<T, LoyaltyError>, show: impl FnOnce(T) -> Value) -> Value {
    answer.map_or_else(|error| json!({"error": failure(&error)}), show)
}

fn failure(error: &LoyaltyError) -> Value {
    json!({
        "category": error.category().as_str(),
        "code": error.code().as_str(),
        "field": error.field(),
        "retryable": error.retryable(),
    })
}

fn instant(at: Timestamp) -> Value {
    json!(at.to_string())
}

/// Both languages' words.
fn words(say: impl Fn(&Wording) -> String) -> Value {
    let [ru, en] = [Lang::Ru, Lang::En].map(|lang| say(&Wording::new(lang, UnitWords::default())));
    json!({"ru": ru, "en": en})
}

pub(super) fn view(view: Option<View>, calendar: &BusinessCalendar) -> Value {
    json!({"snapshot": view.map(|view| shown(&view, calendar))})
}

fn shown(view: &View, calendar: &BusinessCalendar) -> Value {
    let snapshot = &view.snapshot;
    let (account, balance) = (&snapshot.account, &snapshot.balance);
    let level = account.level.as_ref();
    let pending = balance.pending.iter();
    json!({
        "name": account.profile.first_name,
        "phone": snapshot.phone_masked,
        "level": level.map(|level| &level.name),
        "to_next_level": level.and_then(|level| level.progress()).map(|way| way.remaining.hundredths()),
        "balance": balance.total.hundredths(),
        "balance_words": words(|wording| wording.bonus(balance.total)),
        "schedule": schedule(&balance.schedule),
        "pending": pending
            .map(|one| json!({"sum": one.amount.hundredths(), "active_from": one.active_from.map(instant)}))
            .collect::<Value>(),
        "newest": rows(&snapshot.newest),
        "as_of": instant(snapshot.as_of),
        "as_of_words": words(|wording| wording.as_of(calendar.local(snapshot.as_of), view.today)),
        "freshness": match view.freshness {
            Freshness::Fresh => "fresh",
            Freshness::Stale => "stale",
        },
        "connectivity": match view.connectivity {
            Connectivity::Unknown => "unknown",
            Connectivity::Online => "online",
            Connectivity::Offline => "offline",
        },
        "today": view.today.to_string(),
        "burned_since": view.burned_since().map(Bonus::hundredths),
        "unsaved": view.unsaved.map(|code| code.as_str()),
    })
}

fn schedule(schedule: &BurnSchedule) -> Value {
    match schedule {
        BurnSchedule::Parts { burns, non_burning } => json!({
            "burns": burns
                .iter()
                .map(|burn| json!({"on": burn.on.to_string(), "sum": burn.amount.hundredths()}))
                .collect::<Value>(),
            "non_burning": non_burning.hundredths(),
        }),
        BurnSchedule::TotalOnly { because } => json!({
            "total_only": match because {
                Inconsistency::PartsDoNotSum => "parts_do_not_sum",
                Inconsistency::ImpossiblePart => "impossible_part",
                Inconsistency::TotalsDiffer => "totals_differ",
            },
        }),
    }
}

fn rows(rows: &[Transaction]) -> Value {
    let row = |row: &Transaction| {
        json!({
            "id": row.id.0,
            "at": instant(row.at),
            "kind": row.kind.word(),
            "sum": row.sum.hundredths(),
            "receipt": row.receipt.as_ref().map(|reference| &reference.0),
            "venue": row.venue,
        })
    };
    rows.iter().map(row).collect()
}

/// The ends of a page and how many rows it has: whole pages would drown everything else.
pub(super) fn page(page: &HistoryPage) -> Value {
    let shown = &page.transactions;
    let ends: Vec<_> = shown.first().into_iter().chain(shown.last()).cloned().collect();
    json!({
        "count": shown.len(),
        "sum": shown.iter().map(|row| row.sum.hundredths()).sum::<i64>(),
        "ends": rows(&ends),
        "more": page.next.is_some(),
        "cut_short": page.cut_short.as_ref().map(failure),
    })
}

pub(super) fn receipt(receipt: &Receipt) -> Value {
    json!({
        "receipt": receipt.reference.0,
        "at": instant(receipt.at),
        "venue": receipt.venue,
        "dishes": receipt.dishes.len(),
        "total": receipt.total.hundredths(),
        "discount": receipt.discount.hundredths(),
        "bonus_spent": receipt.bonus_spent.hundredths(),
        "bonus_accrued": receipt.bonus_accrued.hundredths(),
        "paid": receipt.paid.hundredths(),
    })
}

pub(super) fn reminders(reminders: &[Reminder], calendar: &BusinessCalendar) -> Value {
    let one = |reminder: &Reminder| {
        json!({
            "id": reminder.id,
            "notify_at": instant(reminder.notify_at),
            "sum": reminder.amount.map(Bonus::hundredths),
            "words": words(|wording| reminder.text(wording, calendar)),
        })
    };
    json!({"reminders": reminders.iter().map(one).collect::<Value>()})
}

pub(super) fn till_code(code: &TillCode) -> Value {
    json!({"code": code.value, "expires_at": code.expires_at.map(instant)})
}
