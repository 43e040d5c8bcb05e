//! Values and rules of restaurant loyalty. Pure: no input or output, no clock, no knowledge of any server.

mod account;
mod amount;
mod balance;
mod calendar;
mod consent;
mod decimal;
mod directory;
mod input;
mod level;
mod operation;
mod phone;
mod receipt;
mod report;
#[cfg(feature = "operator")]
mod settlement;
mod till_code;
mod transaction;
mod validation;
mod wire_date;
pub mod wording;
#[cfg(feature = "operator")]
mod write;

pub use account::{
    Account, AccountChange, AccountId, AccountUpdate, Coupon, Identifier, IssuedIdentifier, NewAccount,
    Profile, ProfileChange, Registration, Sex,
};
pub use amount::{AmountUnit, Bonus, Money};
pub use balance::{Balance, Burn, BurnSchedule, Inconsistency, Pending};
pub use calendar::BusinessCalendar;
pub use consent::{Consent, ConsentKind};
pub use directory::{
    AccountGroup, Discount, DiscountId, GroupDraft, GroupId, GroupTemplate, IdentifierType,
    IdentifierTypeDraft, IdentifierTypeId, Ladder, LadderDraft, LadderStep,
};
pub use input::InvalidInput;
pub use level::{Level, NextLevel, Percent, Progress};
pub use operation::{
    CheckKey, ExternalCheck, GroupOperation, GroupOutcome, OperationOutcome, Refill, Withdrawal,
};
pub use phone::{Phone, PhoneFormat};
pub use receipt::{Dish, Quantity, Receipt, ReceiptRef};
pub use report::{Report, ReportCell, ReportId, ReportInfo};
#[cfg(feature = "operator")]
pub use settlement::{LookTime, Patience, Sighting, Standing, Trace, Verdict, judge};
pub use till_code::TillCode;
pub use transaction::{Period, Transaction, TransactionId, TransactionKind, TransactionsQuery};
pub use wire_date::{WireDate, parse_day};
#[cfg(feature = "operator")]
pub use write::{Refusal, RefusalKind, Write, WriteMethod, WriteRecord, WriteState, WriteTarget};
