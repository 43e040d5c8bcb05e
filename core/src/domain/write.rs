//! A write of money as the outbox knows it: what was asked for, how far it got, what the server said.

use std::fmt;

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    AccountId, Bonus, ExternalCheck, GroupId, GroupOperation, InvalidInput, OperationOutcome, Refill,
    Withdrawal,
};
use crate::error_code::ErrorCode;

/// Which of the server's methods a write goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WriteMethod {
    /// Accrual on one account.
    Refill,
    /// Withdrawal from one account.
    Withdraw,
    /// A purchase made elsewhere.
    RegisterCheck,
    /// The server's own accrual on every account of a group.
    RefillGroup,
    /// The server's own withdrawal from every account of a group.
    WithdrawGroup,
}

impl WriteMethod {
    /// Every method, in the order of the enum.
    pub const ALL: [Self; 5] =
        [Self::Refill, Self::Withdraw, Self::RegisterCheck, Self::RefillGroup, Self::WithdrawGroup];

    /// The stable text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refill => "refill",
            Self::Withdraw => "withdraw",
            Self::RegisterCheck => "register_check",
            Self::RefillGroup => "refill_group",
            Self::WithdrawGroup => "withdraw_group",
        }
    }
}

/// How far a write has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WriteState {
    /// On disk; not on its way. The server has not got it from this attempt.
    Prepared,
    /// On its way, or its process died while it was.
    Sent,
    /// It was sent, and whether it was applied is not known.
    Unknown,
    /// Applied.
    Accepted,
    /// Refused by the server; not applied.
    Rejected,
    /// Applied more than once, as the server's books show.
    Duplicate,
}

impl WriteState {
    /// Every state, in the order of a write's life.
    pub const ALL: [Self; 6] =
        [Self::Prepared, Self::Sent, Self::Unknown, Self::Accepted, Self::Rejected, Self::Duplicate];

    /// The stable text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prepared => "prepared",
            Self::Sent => "sent",
            Self::Unknown => "unknown",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Duplicate => "duplicate",
        }
    }

    /// Whether it is known what became of the write.
    #[must_use]
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Accepted | Self::Rejected | Self::Duplicate)
    }
}

/// Whose bonuses a write moves. Writes to one target leave in the order they were asked for, one at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WriteTarget {
    /// One account.
    Account(AccountId),
    /// All accounts of a group, in one request.
    Group(GroupId),
}

/// A write of money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Accrual on one account.
    Refill(Refill),
    /// Withdrawal from one account.
    Withdraw(Withdrawal),
    /// A purchase made elsewhere.
    RegisterCheck(ExternalCheck),
    /// The server's own accrual on every account of a group.
    RefillGroup(GroupOperation),
    /// The server's own withdrawal from every account of a group.
    WithdrawGroup(GroupOperation),
}

impl Write {
    /// Its key.
    #[must_use]
    pub fn key(&self) -> Uuid {
        match self {
            Self::Refill(refill) => refill.key,
            Self::Withdraw(withdrawal) => withdrawal.key,
            Self::RegisterCheck(check) => check.key.0,
            Self::RefillGroup(operation) | Self::WithdrawGroup(operation) => operation.key,
        }
    }

    /// Where it goes.
    #[must_use]
    pub fn method(&self) -> WriteMethod {
        match self {
            Self::Refill(_) => WriteMethod::Refill,
            Self::Withdraw(_) => WriteMethod::Withdraw,
            Self::RegisterCheck(_) => WriteMethod::RegisterCheck,
            Self::RefillGroup(_) => WriteMethod::RefillGroup,
            Self::WithdrawGroup(_) => WriteMethod::WithdrawGroup,
        }
    }

    /// Whose bonuses it moves.
    #[must_use]
    pub fn target(&self) -> WriteTarget {
        match self {
            Self::Refill(refill) => WriteTarget::Account(refill.account_id),
            Self::Withdraw(withdrawal) => WriteTarget::Account(withdrawal.account_id),
            Self::RegisterCheck(check) => WriteTarget::Account(check.account_id),
            Self::RefillGroup(operation) | Self::WithdrawGroup(operation) => {
                WriteTarget::Group(operation.group_id)
            }
        }
    }

    /// What applying it once does to the balance of an account; negative when bonuses leave.
    #[must_use]
    pub fn effect(&self) -> Bonus {
        match self {
            Self::Refill(refill) => refill.sum,
            Self::RefillGroup(operation) => operation.sum,
            Self::Withdraw(withdrawal) => negated(withdrawal.sum),
            Self::WithdrawGroup(operation) => negated(operation.sum),
            // Both are checked to be zero or more, so the difference always fits.
            Self::RegisterCheck(check) => Bonus::from_hundredths(
                check.bonus_accrued.hundredths().saturating_sub(check.bonus_spent.hundredths()),
            ),
        }
    }

    /// The restaurant's code and the purchase's number, which name a purchase whatever key it has.
    #[must_use]
    pub fn purchase(&self) -> Option<(i64, &str)> {
        match self {
            Self::RegisterCheck(check) => Some((check.venue_code, &check.external_check)),
            _ => None,
        }
    }

    /// Whether applying it must leave a row in an account's history, so that the row's absence can mean something. A
    /// purchase without bonuses moves none, and a group operation belongs to no account (`assumed`).
    #[must_use]
    pub fn leaves_a_row(&self) -> bool {
        match self {
            Self::Refill(_) | Self::Withdraw(_) => true,
            Self::RegisterCheck(check) => {
                check.bonus_accrued != Bonus::ZERO || check.bonus_spent != Bonus::ZERO
            }
            Self::RefillGroup(_) | Self::WithdrawGroup(_) => false,
        }
    }

    /// Checks the rules of the fields.
    ///
    /// # Errors
    /// About the field that breaks one.
    pub fn validate(&self) -> Result<(), InvalidInput> {
        match self {
            Self::Refill(refill) => refill.validate(),
            Self::Withdraw(withdrawal) => withdrawal.validate(),
            Self::RegisterCheck(check) => check.validate(),
            Self::RefillGroup(operation) | Self::WithdrawGroup(operation) => operation.validate(),
        }
    }
}

fn negated(sum: Bonus) -> Bonus {
    Bonus::from_hundredths(sum.hundredths().saturating_neg())
}

/// How the server said no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What kind of no.
    pub kind: RefusalKind,
    /// Which one.
    pub code: ErrorCode,
    /// The field that the server named, by the contract's name.
    pub field: Option<String>,
}

/// What kind of no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalKind {
    /// The content is wrong.
    Content,
    /// The state does not allow it.
    Conflict,
    /// There is no such account or group.
    NotFound,
}

impl RefusalKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Content, Self::Conflict, Self::NotFound];

    /// The stable text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Conflict => "conflict",
            Self::NotFound => "not_found",
        }
    }
}

/// A write as the outbox shows it. Holds no comment and no check data.
#[derive(Clone, PartialEq, Eq)]
pub struct WriteRecord {
    /// Its key.
    pub key: Uuid,
    /// Where it goes.
    pub method: WriteMethod,
    /// Whose bonuses it moves.
    pub target: WriteTarget,
    /// What applying it once does to the balance of an account.
    pub effect: Bonus,
    /// The restaurant's code and the purchase's number, for a check.
    pub purchase: Option<(i64, String)>,
    /// The group operation that it is a part of.
    pub group_key: Option<Uuid>,
    /// How far it has come.
    pub state: WriteState,
    /// When it was asked for, UTC, by this machine's clock.
    pub prepared_at: Timestamp,
    /// How often it was sent.
    pub attempts: u32,
    /// How often the server's books were searched for it.
    pub looks: u32,
    /// How often it stands in the server's books, as far as was seen.
    pub seen: u32,
    /// The server's last no.
    pub refusal: Option<Refusal>,
    /// What the server said when it accepted.
    pub outcome: OperationOutcome,
    /// How many accounts a group operation reached, where the server said so.
    pub affected: Option<u64>,
    /// When it became known what had become of it, UTC.
    pub settled_at: Option<Timestamp>,
    /// Whether a person has taken it off the list of open ones.
    pub closed: bool,
}

impl fmt::Debug for WriteRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteRecord")
            .field("key", &self.key)
            .field("method", &self.method)
            .field("state", &self.state)
            .field("attempts", &self.attempts)
            .field("seen", &self.seen)
            .finish_non_exhaustive()
    }
}

impl WriteRecord {
    /// What was applied too much and has to be taken back: positive when bonuses have to leave the account again,
    /// negative when they have to return. `None` unless the write was applied more than once.
    #[must_use]
    pub fn take_back(&self) -> Option<Bonus> {
        let extra = self.seen.checked_sub(1).filter(|extra| *extra > 0)?;
        let sum = self.effect.hundredths().checked_mul(i64::from(extra))?;
        (self.state == WriteState::Duplicate).then_some(Bonus::from_hundredths(sum))
    }

    /// Whether a person has something to decide or to wait for: it is not settled, or applied too often.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.closed && (!self.state.is_settled() || self.state == WriteState::Duplicate)
    }
}
