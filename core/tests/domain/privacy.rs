//! What people wrote or are called does not reach a log by way of `Debug`.

use jiff::Timestamp;
use loyalty_core::domain::{
    AccountId, Bonus, CheckKey, Coupon, ExternalCheck, GroupId, GroupOperation, Identifier, IdentifierTypeId,
    Money, Phone, Profile, Refill, Registration, Transaction, TransactionId, TransactionKind, Withdrawal,
};
use uuid::Uuid;

const SECRET: &str = "Агафья Пантелеймоновна";

#[test]
fn debug_output_shows_no_text_of_people() {
    let (sum, key, comment) = (Bonus::from_hundredths(100), Uuid::nil(), Some(SECRET.to_owned()));
    let account_id = AccountId(1);
    let refill = Refill { account_id, sum, comment: comment.clone(), key };
    let withdrawal = Withdrawal { account_id, sum, comment: comment.clone(), key };
    let group = GroupOperation { group_id: GroupId(3), sum, comment: comment.clone(), key };
    let check = ExternalCheck {
        venue_code: 1,
        workplace: 2,
        external_check: "A-1".to_owned(),
        account_id,
        bonus_spent: sum,
        discount: Money::ZERO,
        bonus_accrued: sum,
        money_spent: Money::ZERO,
        data: comment.clone(),
        key: CheckKey(key),
    };
    let transaction = Transaction {
        id: TransactionId(1),
        at: Timestamp::UNIX_EPOCH,
        kind: TransactionKind::Accrual,
        sum,
        balance_after: None,
        receipt: None,
        check_guid: None,
        external_check: None,
        venue_code: None,
        venue: None,
        money_spent: None,
        comment,
        key: None,
    };
    let registration = Registration {
        phone: Phone::parse("89123451234").unwrap(),
        profile: Profile { first_name: Some(SECRET.to_owned()), ..Profile::default() },
        group_id: GroupId(3),
        identifiers: vec![Identifier { type_id: IdentifierTypeId(1), value: SECRET.to_owned() }],
    };
    let coupon = Coupon { id: 1, name: SECRET.to_owned(), code: Some(SECRET.to_owned()), expires_at: None };
    let printed =
        format!("{refill:?} {withdrawal:?} {group:?} {check:?} {transaction:?} {registration:?} {coupon:?}");
    assert!(!printed.contains(SECRET), "{printed}");
    assert!(!printed.contains("912345"), "{printed}");
    for kept in
        ["Refill", "Withdrawal", "GroupOperation", "ExternalCheck", "Transaction", "Registration", "Coupon"]
    {
        assert!(printed.contains(kept), "{kept} in {printed}");
    }
}
