//! What a step shows, as data that is the same in every language. Nothing that is random in it: of a code its length, of a
//! reference that it is there.

use loyalty_core::Category;
use loyalty_core::domain::{ConsentKind, Inconsistency};
use loyalty_core::guest::{Connectivity, Freshness};
use serde_json::{Value, json};

use crate::error::{CallError, Failure};
use crate::records::history::{MovementKind, ReceiptView, ReminderView, TransactionPage, TransactionRow};
use crate::records::programme::{ConsentView, ProgrammeView};
use crate::records::snapshot::{ScheduleView, SessionState, SnapshotView};

pub(super) fn done() -> Value {
    json!({"done": true})
}

pub(super) fn of<T>(outcome: Result<T, CallError>, show: impl FnOnce(T) -> Value) -> Value {
    match outcome {
        Ok(value) => show(value),
        Err(CallError::Failed { failure }) => json!({"error": error(&failure)}),
    }
}

fn error(failure: &Failure) -> Value {
    let named = matches!(failure.category, Category::InvalidInput | Category::Rejected)
        && failure.tries_left.is_none()
        && !failure.unsupported;
    json!({
        "code": failure.code,
        "field": failure.field.as_ref().filter(|_| named),
        "retryable": failure.retryable,
        "retry_after": failure.retry_after.map(|wait| wait.as_secs()),
        "tries_left": failure.tries_left,
    })
}

pub(super) fn state(state: &SessionState) -> Value {
    json!({
        "signed_in": state.signed_in,
        "connectivity": match state.connectivity {
            Connectivity::Unknown => "unknown",
            Connectivity::Online => "online",
            Connectivity::Offline => "offline",
        },
        "snapshot": state.snapshot.as_ref().map(snapshot),
    })
}

pub(super) fn snapshot(snapshot: &SnapshotView) -> Value {
    let (burns, non_burning, because) = match &snapshot.schedule {
        ScheduleView::Parts { burns, non_burning } => {
            let burn = |burn: &crate::records::snapshot::BurnView| {
                json!({
                    "on": burn.on.to_string(),
                    "on_text": burn.on_text,
                    "in_days": burn.in_days,
                    "amount": burn.amount.value.hundredths(),
                    "line": burn.line,
                })
            };
            (burns.iter().map(burn).collect::<Vec<_>>(), Some(non_burning.value.hundredths()), None)
        }
        ScheduleView::TotalOnly { because } => (
            Vec::new(),
            None,
            Some(match because {
                Inconsistency::PartsDoNotSum => "parts_do_not_sum",
                Inconsistency::ImpossiblePart => "impossible_part",
                Inconsistency::TotalsDiffer => "totals_differ",
            }),
        ),
    };
    let pending = snapshot.pending.iter().map(
        |pending| json!({"amount": pending.amount.value.hundredths(), "from": pending.active_from_text}),
    );
    json!({
        "name": snapshot.guest.first_name,
        "last_name": snapshot.guest.last_name,
        "birthday": snapshot.guest.birthday.map(|day| day.to_string()),
        "phone": snapshot.guest.phone,
        "phone_masked": snapshot.guest.phone_masked,
        "blocked": snapshot.guest.blocked,
        "balance": snapshot.balance.value.hundredths(),
        "balance_text": snapshot.balance.text,
        "burns": burns,
        "non_burning": non_burning,
        "because": because,
        "pending": pending.collect::<Vec<_>>(),
        "burned_since": snapshot.burned_since.as_ref().map(|sum| sum.value.hundredths()),
        "level": snapshot.level.as_ref().map(|level| {
            json!({
                "name": level.name,
                "next": level.next.as_ref().map(|next| next.from.text.clone()),
                "permille": level.progress.as_ref().map(|progress| progress.permille),
                "remaining": level.progress.as_ref().map(|progress| progress.remaining.value.hundredths()),
            })
        }),
        "newest": snapshot.newest.iter().map(row).collect::<Vec<_>>(),
        "as_of": snapshot.as_of_text,
        "freshness": match snapshot.freshness { Freshness::Fresh => "fresh", Freshness::Stale => "stale" },
        "today": snapshot.today.to_string(),
        "unsaved": snapshot.unsaved,
    })
}

fn row(row: &TransactionRow) -> Value {
    json!({
        "kind": match row.kind {
            MovementKind::Accrual => "accrual",
            MovementKind::Spend => "spend",
            MovementKind::Burn => "burn",
            MovementKind::Refill => "refill",
            MovementKind::Withdraw => "withdraw",
            MovementKind::Welcome => "welcome",
            MovementKind::Correction => "correction",
            MovementKind::Other => "other",
        },
        "kind_text": row.kind_text,
        "sum": row.sum.value.hundredths(),
        "sum_text": row.sum.text,
        "day": row.day.to_string(),
        "heading": row.day_heading,
        "time": row.time_text,
        "after": row.balance_after.as_ref().map(|sum| sum.value.hundredths()),
        "receipt": row.receipt.is_some(),
        "venue": row.venue,
        "money": row.money_spent.as_ref().map(|sum| sum.value.hundredths()),
    })
}

pub(super) fn page(page: &TransactionPage) -> Value {
    json!({
        "rows": page.rows.iter().map(row).collect::<Vec<_>>(),
        "more": page.next.is_some(),
        "cut_short": page.cut_short.as_ref().map(|failure| failure.code.clone()),
    })
}

pub(super) fn receipt(receipt: &ReceiptView) -> Value {
    let dishes = receipt.dishes.iter().map(|dish| {
        json!({
            "name": dish.name,
            "quantity": dish.quantity_text,
            "price": dish.price.value.hundredths(),
            "sum": dish.sum.value.hundredths(),
        })
    });
    json!({
        "at": receipt.at_text,
        "venue": receipt.venue,
        "dishes": dishes.collect::<Vec<_>>(),
        "total": receipt.total.value.hundredths(),
        "total_text": receipt.total.text,
        "discount": receipt.discount.value.hundredths(),
        "spent": receipt.bonus_spent.value.hundredths(),
        "accrued": receipt.bonus_accrued.value.hundredths(),
        "paid": receipt.paid.value.hundredths(),
    })
}

pub(super) fn reminders(reminders: &[ReminderView]) -> Value {
    let reminder = |reminder: &ReminderView| {
        json!({
            "id": reminder.id,
            "at": reminder.notify_at.as_second(),
            "amount": reminder.amount.as_ref().map(|sum| sum.value.hundredths()),
            "text": reminder.text,
        })
    };
    json!({"reminders": reminders.iter().map(reminder).collect::<Vec<_>>()})
}

fn kind(kind: ConsentKind) -> &'static str {
    match kind {
        ConsentKind::PersonalData => "personal_data",
        ConsentKind::Advertising => "advertising",
    }
}

pub(super) fn consent(consent: &ConsentView) -> Value {
    json!({
        "kind": kind(consent.kind),
        "version": consent.text_version,
        "given": consent.given_at_text,
        "withdrawn": consent.withdrawn_at_text,
        "current": consent.current,
    })
}

pub(super) fn programme(programme: &ProgrammeView) -> Value {
    let levels = programme.levels.iter().map(|level| json!({"name": level.name, "from": level.from.text}));
    let venues = programme.venues.iter().map(|venue| json!({"name": venue.name, "phone": venue.phone_text}));
    let consents = programme
        .consents
        .iter()
        .map(|text| json!({"kind": kind(text.kind), "version": text.text_version, "text": text.text}));
    json!({
        "name": programme.name,
        "levels": levels.collect::<Vec<_>>(),
        "venues": venues.collect::<Vec<_>>(),
        "can_register": programme.can_register,
        "code_digits": programme.code_digits,
        "consents": consents.collect::<Vec<_>>(),
    })
}
