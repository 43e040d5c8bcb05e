//! The `renamed` dialect: an instance whose paths, verbs, parameters, fields and words are not the contract's.

use serde_json::{Map, Value};

/// What is other about a method. Parameters travel in the query of a GET and in the body of a POST or PUT.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MethodNames {
    pub(crate) name: &'static str,
    pub(crate) verb: &'static str,
    pub(crate) path: &'static str,
    /// Ours, theirs.
    pub(crate) params: &'static [(&'static str, &'static str)],
}

const METHODS: &[MethodNames] = &[
    MethodNames {
        name: "accounts/find_by_phone",
        verb: "POST",
        path: "accounts/findByPhone",
        params: &[("phone", "phoneNumber")],
    },
    MethodNames {
        name: "accounts/insert_by_template",
        verb: "POST",
        path: "accounts/insertByTemplate",
        params: &[("accountGroupId", "groupId"), ("phone", "phoneNumber")],
    },
    MethodNames {
        name: "accounts/get_balance_extended",
        verb: "GET",
        path: "accounts/balanceExtended",
        params: &[("accountId", "id")],
    },
    MethodNames {
        name: "accounts/transactions",
        verb: "POST",
        path: "accounts/getTransactions",
        params: &[("dateFrom", "from"), ("dateTo", "to"), ("count", "last")],
    },
    MethodNames {
        name: "accounts/update",
        verb: "PUT",
        path: "accounts/update",
        params: &[("phone", "phoneNumber"), ("accountGroupId", "groupId")],
    },
    MethodNames {
        name: "accounts/refill",
        verb: "POST",
        path: "accounts/refill",
        params: &[("sum", "amount"), ("comment", "remark")],
    },
    MethodNames { name: "account_groups/list", verb: "GET", path: "accountGroups/list", params: &[] },
    MethodNames {
        name: "checks/get_by_id",
        verb: "GET",
        path: "checks/getById",
        params: &[("id", "checkId")],
    },
    MethodNames { name: "discounts/list", verb: "POST", path: "discounts/list", params: &[] },
];

/// Record, ours, theirs; a dot in theirs reaches into a nested object.
const FIELDS: &[(&str, &str, &str)] = &[
    ("account", "phone", "phoneNumber"),
    ("account", "accountGroupId", "groupId"),
    ("account", "balance", "currentBalance"),
    ("account", "level", "discount.level"),
    ("level", "discountPercent", "discountRate"),
    ("level", "accrualPercent", "bonusRate"),
    ("level", "turnover", "progress.spent"),
    ("level", "nextLevelFrom", "progress.nextFrom"),
    ("balance", "balance", "total"),
    ("balance", "nonBurning", "permanent"),
    ("burnItem", "burnDate", "expires"),
    ("transaction", "type", "operationType"),
    ("transaction", "date", "createdAt"),
    ("transaction", "sum", "amount"),
    ("transaction", "checkId", "check.id"),
    ("transaction", "checkGuid", "check.guid"),
    ("transaction", "comment", "remark"),
    ("receipt", "total", "totals.sum"),
    ("receipt", "paid", "totals.paid"),
    ("receipt", "dishes", "lines"),
    ("dish", "quantity", "qty"),
    ("group", "haveTemplate", "isApiTemplate"),
    ("refillResult", "transactionId", "id"),
];

/// Words for the types of transactions: ours, theirs.
const TYPES: &[(&str, &str)] = &[
    ("accrual", "Начисление"),
    ("spend", "Списание"),
    ("burn", "Сгорание"),
    ("refill", "Пополнение"),
    ("withdraw", "Изъятие"),
    ("welcome", "Приветственный бонус"),
    ("correction", "Корректировка"),
];

pub(crate) fn method(name: &str) -> Option<&'static MethodNames> {
    METHODS.iter().find(|method| method.name == name)
}

pub(crate) fn transaction_type(ours: &str) -> &str {
    TYPES.iter().find(|(word, _)| *word == ours).map_or(ours, |(_, theirs)| theirs)
}

/// The renamed fields of a record: ours, theirs.
pub(crate) fn fields(record: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    FIELDS.iter().filter(move |(owner, ..)| *owner == record).map(|(_, ours, theirs)| (*ours, *theirs))
}

/// Gives a record's fields their other names.
pub(crate) fn to_theirs(record: &str, object: &mut Map<String, Value>) {
    // First all are taken out, so that a new name never meets an old one.
    let moved: Vec<_> =
        fields(record).filter_map(|(ours, theirs)| Some((theirs, object.remove(ours)?))).collect();
    for (theirs, value) in moved {
        put(object, theirs, value);
    }
}

/// Gives a record its contract's names back.
pub(crate) fn to_ours(record: &str, object: &mut Map<String, Value>) {
    let moved: Vec<_> =
        fields(record).filter_map(|(ours, theirs)| Some((ours, take(object, theirs)?))).collect();
    object.extend(moved.into_iter().map(|(ours, value)| (ours.to_owned(), value)));
}

fn put(object: &mut Map<String, Value>, path: &str, value: Value) {
    let Some((head, rest)) = path.split_once('.') else {
        object.insert(path.to_owned(), value);
        return;
    };
    let inner = object.entry(head).or_insert_with(|| Value::Object(Map::new()));
    if let Some(inner) = inner.as_object_mut() {
        put(inner, rest, value);
    }
}

fn take(object: &mut Map<String, Value>, path: &str) -> Option<Value> {
    match path.split_once('.') {
        None => object.remove(path),
        Some((head, rest)) => take(object.get_mut(head)?.as_object_mut()?, rest),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wire::RECORDS;

    #[test]
    fn renaming_and_back_gives_the_same_record() {
        for record in RECORDS {
            let ours: Map<String, Value> =
                record.fields.iter().map(|field| (field.name.to_owned(), json!(field.name))).collect();
            let mut object = ours.clone();
            to_theirs(record.name, &mut object);
            if fields(record.name).next().is_some() {
                assert_ne!(object, ours, "{}", record.name);
            }
            to_ours(record.name, &mut object);
            object.retain(|_, value| !value.is_object());
            assert_eq!(object, ours, "{}", record.name);
        }
    }

    #[test]
    fn every_renamed_field_and_method_exists() {
        for (record, ours, _) in FIELDS {
            let record = RECORDS.iter().find(|known| known.name == *record).unwrap();
            assert!(record.fields.iter().any(|field| field.name == *ours), "{} {ours}", record.name);
        }
        for renamed in METHODS {
            let method =
                crate::http::methods::METHODS.iter().find(|known| known.name == renamed.name).unwrap();
            for (ours, _) in renamed.params {
                assert!(method.params.iter().any(|field| field.name == *ours), "{} {ours}", renamed.name);
            }
        }
    }
}
