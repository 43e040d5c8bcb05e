//! The content of a write as it is kept until the write is settled, and the hash by which it is known afterwards.

use ring::digest;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::{
    AccountId, Bonus, CheckKey, ExternalCheck, GroupId, GroupOperation, Money, Refill, Withdrawal, Write,
};
use crate::store::StoreError;

/// SHA-256 of the encoded content.
pub(super) type BodyHash = [u8; 32];

/// The content without its key. The hash is over these bytes, so neither a name nor the order may ever change, and a
/// new field must leave the bytes as they are where it is not used.
#[derive(Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
enum Body {
    Refill(OneAccount),
    Withdraw(OneAccount),
    RegisterCheck(Check),
    RefillGroup(OneGroup),
    WithdrawGroup(OneGroup),
}

#[derive(Serialize, Deserialize)]
struct OneAccount {
    account: i64,
    sum: i64,
    comment: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct OneGroup {
    group: i64,
    sum: i64,
    comment: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Check {
    venue_code: i64,
    workplace: i64,
    external_check: String,
    account: i64,
    bonus_spent: i64,
    discount: i64,
    bonus_accrued: i64,
    money_spent: i64,
    data: Option<String>,
}

/// The content of a write, and its hash.
pub(super) fn encode(write: &Write) -> Result<(String, BodyHash), StoreError> {
    let text = serde_json::to_string(&body(write)).map_err(|_| StoreError::Internal)?;
    let hash = hash(&text)?;
    Ok((text, hash))
}

/// The write with this key and content. A content that does not have its hash was changed on the disk: it must not be
/// sent.
pub(super) fn decode(key: Uuid, text: &str, expected: BodyHash) -> Result<Write, StoreError> {
    if hash(text)? != expected {
        return Err(StoreError::Damaged);
    }
    let body: Body = serde_json::from_str(text).map_err(|_| StoreError::Damaged)?;
    Ok(match body {
        Body::Refill(OneAccount { account, sum, comment }) => {
            Write::Refill(Refill { account_id: AccountId(account), sum: bonus(sum), comment, key })
        }
        Body::Withdraw(OneAccount { account, sum, comment }) => {
            Write::Withdraw(Withdrawal { account_id: AccountId(account), sum: bonus(sum), comment, key })
        }
        Body::RefillGroup(group) => Write::RefillGroup(group.operation(key)),
        Body::WithdrawGroup(group) => Write::WithdrawGroup(group.operation(key)),
        Body::RegisterCheck(check) => Write::RegisterCheck(ExternalCheck {
            venue_code: check.venue_code,
            workplace: check.workplace,
            external_check: check.external_check,
            account_id: AccountId(check.account),
            bonus_spent: bonus(check.bonus_spent),
            discount: Money::from_hundredths(check.discount),
            bonus_accrued: bonus(check.bonus_accrued),
            money_spent: Money::from_hundredths(check.money_spent),
            data: check.data,
            key: CheckKey(key),
        }),
    })
}

impl OneGroup {
    fn operation(self, key: Uuid) -> GroupOperation {
        GroupOperation { group_id: GroupId(self.group), sum: bonus(self.sum), comment: self.comment, key }
    }
}

fn bonus(hundredths: i64) -> Bonus {
    Bonus::from_hundredths(hundredths)
}

fn body(write: &Write) -> Body {
    let group = |operation: &GroupOperation| OneGroup {
        group: operation.group_id.0,
        sum: operation.sum.hundredths(),
        comment: operation.comment.clone(),
    };
    match write {
        Write::Refill(refill) => Body::Refill(OneAccount {
            account: refill.account_id.0,
            sum: refill.sum.hundredths(),
            comment: refill.comment.clone(),
        }),
        Write::Withdraw(withdrawal) => Body::Withdraw(OneAccount {
            account: withdrawal.account_id.0,
            sum: withdrawal.sum.hundredths(),
            comment: withdrawal.comment.clone(),
        }),
        Write::RefillGroup(operation) => Body::RefillGroup(group(operation)),
        Write::WithdrawGroup(operation) => Body::WithdrawGroup(group(operation)),
        Write::RegisterCheck(check) => Body::RegisterCheck(Check {
            venue_code: check.venue_code,
            workplace: check.workplace,
            external_check: check.external_check.clone(),
            account: check.account_id.0,
            bonus_spent: check.bonus_spent.hundredths(),
            discount: check.discount.hundredths(),
            bonus_accrued: check.bonus_accrued.hundredths(),
            money_spent: check.money_spent.hundredths(),
            data: check.data.clone(),
        }),
    }
}

fn hash(text: &str) -> Result<BodyHash, StoreError> {
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    digest.as_ref().try_into().map_err(|_| StoreError::Internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Uuid = Uuid::from_u128(9);

    fn writes() -> Vec<Write> {
        let operation = GroupOperation { group_id: GroupId(3), sum: bonus(7), comment: None, key: KEY };
        vec![
            Write::Refill(Refill {
                account_id: AccountId(1),
                sum: bonus(5),
                comment: Some("«»".into()),
                key: KEY,
            }),
            Write::Withdraw(Withdrawal { account_id: AccountId(1), sum: bonus(5), comment: None, key: KEY }),
            Write::RefillGroup(operation.clone()),
            Write::WithdrawGroup(operation),
            Write::RegisterCheck(ExternalCheck {
                venue_code: 1,
                workplace: 2,
                external_check: "A".into(),
                account_id: AccountId(4),
                bonus_spent: bonus(1),
                discount: Money::from_hundredths(2),
                bonus_accrued: bonus(3),
                money_spent: Money::from_hundredths(4),
                data: Some("x".into()),
                key: CheckKey(KEY),
            }),
        ]
    }

    #[test]
    fn every_write_comes_back_as_it_was_kept() {
        for write in writes() {
            let (text, hash) = encode(&write).unwrap();
            assert_eq!(decode(KEY, &text, hash).unwrap(), write);
        }
    }

    #[test]
    fn the_bytes_under_the_hash_never_change_between_versions() {
        let texts: Vec<_> = writes().iter().map(|write| encode(write).unwrap().0).collect();
        assert_eq!(
            texts,
            [
                r#"{"method":"refill","account":1,"sum":5,"comment":"«»"}"#,
                r#"{"method":"withdraw","account":1,"sum":5,"comment":null}"#,
                r#"{"method":"refill_group","group":3,"sum":7,"comment":null}"#,
                r#"{"method":"withdraw_group","group":3,"sum":7,"comment":null}"#,
                r#"{"method":"register_check","venue_code":1,"workplace":2,"external_check":"A","account":4,"bonus_spent":1,"discount":2,"bonus_accrued":3,"money_spent":4,"data":"x"}"#,
            ]
        );
    }

    #[test]
    fn a_content_changed_on_the_disk_is_not_sent() {
        for write in writes() {
            let (text, hash) = encode(&write).unwrap();
            let changed = text.replacen("\"sum\":5", "\"sum\":9", 1).replacen("\"sum\":7", "\"sum\":9", 1);
            let changed = changed.replacen("\"bonus_accrued\":3", "\"bonus_accrued\":9", 1);
            assert_eq!(decode(KEY, &changed, hash), Err(StoreError::Damaged));
        }
    }
}
