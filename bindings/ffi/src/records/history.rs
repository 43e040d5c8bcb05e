//! Movements, receipts and reminders.

use jiff::Timestamp;
use jiff::civil::Date;
use loyalty_core::domain::{Dish, Receipt, TillCode, Transaction, TransactionKind};
use loyalty_core::guest::{HistoryPage, Reminder};

use crate::amounts::{BonusAmount, MoneyAmount};
use crate::error::Failure;
use crate::words::Words;

/// What a movement was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum MovementKind {
    /// Earned by a purchase.
    Accrual,
    /// Used in payment.
    Spend,
    /// Burned unused.
    Burn,
    /// Given by the restaurant.
    Refill,
    /// Taken by the restaurant.
    Withdraw,
    /// The welcome bonus.
    Welcome,
    /// A correction.
    Correction,
    /// Something that this version does not know.
    Other,
}

/// One movement of bonuses.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct TransactionRow {
    /// Its number on the server: the same row keeps it.
    pub id: i64,
    /// When it happened.
    pub at: Timestamp,
    /// The date at the venue.
    pub day: Date,
    /// The heading of the day's group: «Сегодня», «Вчера», «23 ноября».
    pub day_heading: String,
    /// The time of day at the venue.
    pub time_text: String,
    /// What it was.
    pub kind: MovementKind,
    /// The same in words.
    pub kind_text: String,
    /// How many, with a sign in its text.
    pub sum: BonusAmount,
    /// The balance afterwards, where the server says it.
    pub balance_after: Option<BonusAmount>,
    /// What its receipt is asked for by.
    pub receipt: Option<String>,
    /// The restaurant's name.
    pub venue: Option<String>,
    /// What was paid in money.
    pub money_spent: Option<MoneyAmount>,
    /// What the restaurant wrote.
    pub comment: Option<String>,
}

impl std::fmt::Debug for TransactionRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TransactionRow({}, {})", self.id, self.at)
    }
}

/// A page of the history.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TransactionPage {
    /// Newest first.
    pub rows: Vec<TransactionRow>,
    /// Where the next page begins; nothing at the end of the history.
    pub next: Option<String>,
    /// Why the page is shorter than asked although the history goes on.
    pub cut_short: Option<Failure>,
}

/// A receipt down to its dishes.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ReceiptView {
    /// What it was asked for by.
    pub reference: String,
    /// The number printed on it.
    pub number: Option<String>,
    /// When it was closed.
    pub at: Timestamp,
    /// Date and time at the venue.
    pub at_text: String,
    /// The restaurant's name.
    pub venue: Option<String>,
    /// What was served.
    pub dishes: Vec<DishView>,
    /// The dishes before any discount.
    pub total: MoneyAmount,
    /// The discount.
    pub discount: MoneyAmount,
    /// Bonuses used in payment.
    pub bonus_spent: BonusAmount,
    /// Bonuses earned.
    pub bonus_accrued: BonusAmount,
    /// What was paid in money.
    pub paid: MoneyAmount,
}

/// A line of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DishView {
    /// Its name on the menu.
    pub name: String,
    /// How many, or how much by weight, in thousandths.
    pub quantity: i64,
    /// The same in words.
    pub quantity_text: String,
    /// The price of one.
    pub price: MoneyAmount,
    /// The line's sum.
    pub sum: MoneyAmount,
}

/// A code to show at the till. Whoever knows it is taken for the guest.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct TillCodeView {
    /// The digits.
    pub value: String,
    /// When it stops working; nothing for a card that stays.
    pub expires_at: Option<Timestamp>,
    /// For how long it is good from now on, by the server's clock.
    pub lives_for: Option<std::time::Duration>,
}

impl std::fmt::Debug for TillCodeView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TillCodeView(until {:?})", self.expires_at)
    }
}

/// Something to show to a guest at a time.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ReminderView {
    /// The same for the same burn and the same number of days.
    pub id: String,
    /// When to show it.
    pub notify_at: Timestamp,
    /// The business day on which the bonuses burn.
    pub burn_on: Date,
    /// How many business days lie between the two.
    pub days_before: u32,
    /// How much burns; nothing when what is known will be too old by then.
    pub amount: Option<BonusAmount>,
    /// What to say.
    pub text: String,
}

impl TransactionRow {
    pub(crate) fn new(row: &Transaction, words: &Words, now: Timestamp) -> Self {
        let local = words.calendar.local(row.at);
        Self {
            id: row.id.0,
            at: row.at,
            day: local.date(),
            day_heading: words.wording.day_heading(local.date(), words.date_of(now)),
            time_text: words.wording.time(local.time()),
            kind: MovementKind::new(&row.kind),
            kind_text: words.wording.kind(&row.kind),
            sum: words.signed_bonus(row.sum),
            balance_after: row.balance_after.map(|sum| words.bonus(sum)),
            receipt: row.receipt.as_ref().map(|reference| reference.0.clone()),
            venue: words.venue(row.venue_code, row.venue.as_deref()),
            money_spent: row.money_spent.map(|sum| words.money(sum)),
            comment: row.comment.clone(),
        }
    }
}

impl MovementKind {
    fn new(kind: &TransactionKind) -> Self {
        match kind {
            TransactionKind::Accrual => Self::Accrual,
            TransactionKind::Spend => Self::Spend,
            TransactionKind::Burn => Self::Burn,
            TransactionKind::Refill => Self::Refill,
            TransactionKind::Withdraw => Self::Withdraw,
            TransactionKind::Welcome => Self::Welcome,
            TransactionKind::Correction => Self::Correction,
            TransactionKind::Other(_) => Self::Other,
        }
    }
}

impl TransactionPage {
    pub(crate) fn new(page: HistoryPage, words: &Words, now: Timestamp) -> Self {
        Self {
            rows: page.transactions.iter().map(|row| TransactionRow::new(row, words, now)).collect(),
            next: page.next.map(|cursor| cursor.to_string()),
            cut_short: page.cut_short.map(Failure::from),
        }
    }
}

impl ReceiptView {
    pub(crate) fn new(receipt: Receipt, words: &Words) -> Self {
        Self {
            at: receipt.at,
            at_text: words.date_time(receipt.at),
            venue: words.venue(receipt.venue_code, receipt.venue.as_deref()),
            dishes: receipt.dishes.into_iter().map(|dish| DishView::new(dish, words)).collect(),
            total: words.money(receipt.total),
            discount: words.money(receipt.discount),
            bonus_spent: words.bonus(receipt.bonus_spent),
            bonus_accrued: words.bonus(receipt.bonus_accrued),
            paid: words.money(receipt.paid),
            reference: receipt.reference.0,
            number: receipt.number,
        }
    }
}

impl DishView {
    fn new(dish: Dish, words: &Words) -> Self {
        Self {
            quantity: dish.quantity.0,
            quantity_text: words.wording.quantity(dish.quantity),
            price: words.money(dish.price),
            sum: words.money(dish.sum),
            name: dish.name,
        }
    }
}

impl TillCodeView {
    pub(crate) fn new(code: TillCode, now: Timestamp) -> Self {
        let left = |until: Timestamp| until.duration_since(now).try_into().unwrap_or_default();
        Self { value: code.value, expires_at: code.expires_at, lives_for: code.expires_at.map(left) }
    }
}

impl ReminderView {
    pub(crate) fn new(reminder: Reminder, words: &Words) -> Self {
        Self {
            notify_at: reminder.notify_at,
            burn_on: reminder.burn_on,
            days_before: reminder.days_before,
            amount: reminder.amount.map(|sum| words.bonus(sum)),
            text: reminder.text(&words.wording, &words.calendar),
            id: reminder.id,
        }
    }
}
