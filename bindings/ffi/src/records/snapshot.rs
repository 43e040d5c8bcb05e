//! What a guest holds.

use jiff::Timestamp;
use jiff::civil::Date;
use loyalty_core::ErrorCode;
use loyalty_core::domain::{
    Balance, Burn, BurnSchedule, Coupon, Inconsistency, Level, Pending, Phone, Profile, Sex,
};
use loyalty_core::guest::{Connectivity, Freshness, View};

use crate::amounts::{BonusAmount, MoneyAmount, PercentAmount};
use crate::records::history::TransactionRow;
use crate::words::Words;

/// What observers of a session see.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SessionState {
    /// Whether there is a session.
    pub signed_in: bool,
    /// Whether the server can be reached.
    pub connectivity: Connectivity,
    /// What the guest holds; nothing before the first reading and when nobody is signed in.
    pub snapshot: Option<SnapshotView>,
}

/// Everything that a guest holds, read together and worded.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SnapshotView {
    /// Who they are.
    pub guest: GuestView,
    /// All bonuses that can be spent now; may be negative.
    pub balance: BonusAmount,
    /// What of it burns when.
    pub schedule: ScheduleView,
    /// Earned, but not to be spent yet; outside of the balance.
    pub pending: Vec<PendingView>,
    /// How much of the balance was to burn on a day that has come since it was read.
    pub burned_since: Option<BonusAmount>,
    /// Where the guest stands on the programme's ladder.
    pub level: Option<LevelView>,
    /// The guest's coupons.
    pub coupons: Vec<CouponView>,
    /// The newest five movements, newest first.
    pub newest: Vec<TransactionRow>,
    /// When it was read, by the server's clock.
    pub as_of: Timestamp,
    /// The same in words: «по состоянию на 23 ноября, 19:05».
    pub as_of_text: String,
    /// Whether it can be shown without those words.
    pub freshness: Freshness,
    /// The venue's business day.
    pub today: Date,
    /// The code of why it is not kept on this device; nothing when it is.
    pub unsaved: Option<String>,
}

/// What a guest has told about themselves.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct GuestView {
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Patronymic.
    pub middle_name: Option<String>,
    /// Birthday.
    pub birthday: Option<Date>,
    /// Sex.
    pub sex: Option<Sex>,
    /// E-mail.
    pub email: Option<String>,
    /// The full number for the guest's own screen; nothing at a kiosk.
    pub phone: Option<String>,
    /// The number for screens that others may see.
    pub phone_masked: Option<String>,
    /// Whether the restaurant has blocked the account.
    pub blocked: bool,
}

impl std::fmt::Debug for GuestView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GuestView(blocked: {})", self.blocked)
    }
}

/// What of a balance burns when.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum ScheduleView {
    /// The parts, which sum to the balance.
    Parts {
        /// By day, ascending, one entry a day.
        burns: Vec<BurnView>,
        /// What never burns.
        non_burning: BonusAmount,
    },
    /// Only the total can be shown.
    TotalOnly {
        /// Why the parts cannot.
        because: Inconsistency,
    },
}

/// An amount that burns on a day.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct BurnView {
    /// The venue's business day on which it burns.
    pub on: Date,
    /// The day, its year only when it is not this one.
    pub on_text: String,
    /// How many business days are left; 0 is today.
    pub in_days: i32,
    /// How much; above zero.
    pub amount: BonusAmount,
    /// The whole sentence: «500 бонусов сгорят через 3 дня».
    pub line: String,
}

/// Bonuses that were earned and can be spent later.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PendingView {
    /// How many.
    pub amount: BonusAmount,
    /// From when; nothing when the server does not say.
    pub active_from: Option<Timestamp>,
    /// The same in words.
    pub active_from_text: Option<String>,
}

/// A level of the ladder.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LevelView {
    /// In the restaurant's words.
    pub name: String,
    /// The discount it gives.
    pub discount: Option<PercentAmount>,
    /// What part of a bill it gives back as bonuses.
    pub accrual: Option<PercentAmount>,
    /// The turnover that counts.
    pub turnover: Option<MoneyAmount>,
    /// The next one up.
    pub next: Option<NextLevelView>,
    /// How far it is to the next.
    pub progress: Option<ProgressView>,
}

/// The next level up.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct NextLevelView {
    /// In the restaurant's words.
    pub name: String,
    /// From which turnover.
    pub from: MoneyAmount,
}

/// How far it is to the next level.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ProgressView {
    /// Whole thousandths of the way; 1000 only when it is reached.
    pub permille: u16,
    /// What is left to spend; never negative.
    pub remaining: MoneyAmount,
}

/// A coupon. Whoever knows its code can use it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct CouponView {
    /// Its number.
    pub id: i64,
    /// What it gives, in the restaurant's words.
    pub name: String,
    /// The code to tell, where it has one.
    pub code: Option<String>,
    /// The last instant it can be used.
    pub expires_at: Option<Timestamp>,
    /// The day in words.
    pub expires_text: Option<String>,
}

impl std::fmt::Debug for CouponView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CouponView({})", self.id)
    }
}

impl SnapshotView {
    /// `phone` is shown in full; `unkept` is why nothing at all is kept on this device.
    pub(crate) fn new(view: &View, words: &Words, phone: Option<&Phone>, unkept: Option<ErrorCode>) -> Self {
        let snapshot = &view.snapshot;
        let Balance { total, schedule, pending, .. } = &snapshot.balance;
        let today = view.today;
        let burned = view.burned_since().filter(|burned| !burned.is_zero());
        let guest = GuestView::new(&snapshot.account.profile, snapshot.account.blocked);
        let rows = snapshot.newest.iter();
        Self {
            guest: GuestView {
                phone: phone.map(|phone| words.wording.phone(*phone)),
                phone_masked: snapshot.phone_masked.clone(),
                ..guest
            },
            balance: words.bonus(*total),
            schedule: ScheduleView::new(schedule, words, today, view.now),
            pending: pending.iter().map(|pending| PendingView::new(pending, words)).collect(),
            burned_since: burned.map(|burned| words.bonus(burned)),
            level: snapshot.account.level.as_ref().map(|level| LevelView::new(level, words)),
            coupons: snapshot
                .account
                .coupons
                .iter()
                .map(|coupon| CouponView::new(coupon, words, today))
                .collect(),
            newest: rows.map(|row| TransactionRow::new(row, words, view.now)).collect(),
            as_of: snapshot.as_of,
            as_of_text: words.wording.as_of(words.calendar.local(snapshot.as_of), words.date_of(view.now)),
            freshness: view.freshness,
            today,
            unsaved: view.unsaved.or(unkept).map(|code| code.as_str().to_owned()),
        }
    }
}

impl GuestView {
    pub(crate) fn new(profile: &Profile, blocked: bool) -> Self {
        let Profile { first_name, last_name, middle_name, birthday, sex, email } = profile.clone();
        let (phone, phone_masked) = (None, None);
        Self { first_name, last_name, middle_name, birthday, sex, email, phone, phone_masked, blocked }
    }
}

impl ScheduleView {
    fn new(schedule: &BurnSchedule, words: &Words, today: Date, now: Timestamp) -> Self {
        match schedule {
            BurnSchedule::Parts { burns, non_burning } => Self::Parts {
                burns: burns.iter().map(|burn| BurnView::new(*burn, words, today, now)).collect(),
                non_burning: words.bonus(*non_burning),
            },
            BurnSchedule::TotalOnly { because } => Self::TotalOnly { because: *because },
        }
    }
}

impl BurnView {
    fn new(burn: Burn, words: &Words, today: Date, now: Timestamp) -> Self {
        let in_days = words.calendar.days_until(burn.on, now);
        Self {
            on: burn.on,
            on_text: words.near_date(burn.on, today),
            in_days,
            amount: words.bonus(burn.amount),
            line: words.wording.burn_line(burn.amount, in_days),
        }
    }
}

impl PendingView {
    fn new(pending: &Pending, words: &Words) -> Self {
        Self {
            amount: words.bonus(pending.amount),
            active_from: pending.active_from,
            active_from_text: pending.active_from.map(|at| words.date_time(at)),
        }
    }
}

impl LevelView {
    fn new(level: &Level, words: &Words) -> Self {
        let next = |next: &loyalty_core::domain::NextLevel| NextLevelView {
            name: next.name.clone(),
            from: words.money(next.from),
        };
        Self {
            name: level.name.clone(),
            discount: level.discount.map(|percent| words.percent(percent)),
            accrual: level.accrual.map(|percent| words.percent(percent)),
            turnover: level.turnover.map(|sum| words.money(sum)),
            next: level.next.as_ref().map(next),
            progress: level.progress().map(|progress| ProgressView {
                permille: progress.permille,
                remaining: words.money(progress.remaining),
            }),
        }
    }
}

impl CouponView {
    fn new(coupon: &Coupon, words: &Words, today: Date) -> Self {
        Self {
            id: coupon.id,
            name: coupon.name.clone(),
            code: coupon.code.clone(),
            expires_at: coupon.expires_at,
            expires_text: coupon.expires_at.map(|at| words.near_date(words.date_of(at), today)),
        }
    }
}
