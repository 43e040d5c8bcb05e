//! The records of the API as this server sends and takes them: names, kinds and which fields may be missing.
//! Handlers speak in kopecks, seconds and E.164; the kinds tell the dialect what to turn into what.

/// What a value is, beyond its JSON type.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Id,
    Ids,
    /// A whole number within bounds, never a sum.
    Int(i64, i64),
    /// Kopecks, at least the given number.
    Sum(i64),
    /// Text of at most that many characters.
    Text(usize),
    /// One of these words.
    Word(&'static [&'static str]),
    Guid,
    Phone,
    Flag,
    /// A moment: seconds since the epoch inside.
    Moment,
    /// A calendar day: `yyyy-MM-dd` inside.
    Day,
    Record(&'static Record),
    List(&'static Record),
    /// How many portions: thousandths inside, a number with at most three places outside.
    Quantity,
    /// Sent as it is; never taken.
    Raw,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
}

#[derive(Debug)]
pub(crate) struct Record {
    /// The name of the schema in the contract.
    pub(crate) name: &'static str,
    pub(crate) fields: &'static [Field],
}

pub(crate) const fn must(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: true }
}

pub(crate) const fn may(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false }
}

const NAME: Kind = Kind::Text(100);
const LONG: Kind = Kind::Text(4_000);
pub(crate) const ANY_SUM: Kind = Kind::Sum(i64::MIN);
const SEXES: Kind = Kind::Word(&["male", "female"]);
const PERCENT: Kind = Kind::Int(0, 100);
pub(crate) const DAYS: Kind = Kind::Int(1, 36_500);

pub(crate) static IDENTIFIER: Record =
    Record { name: "identifier", fields: &[must("typeId", Kind::Id), must("value", NAME)] };

static COUPON: Record = Record {
    name: "coupon",
    fields: &[must("id", Kind::Id), must("name", NAME), may("code", NAME), may("expiresAt", Kind::Moment)],
};

static LEVEL: Record = Record {
    name: "level",
    fields: &[
        must("id", Kind::Id),
        must("name", NAME),
        may("discountPercent", PERCENT),
        may("accrualPercent", PERCENT),
        may("turnover", ANY_SUM),
        may("nextLevelName", NAME),
        may("nextLevelFrom", ANY_SUM),
    ],
};

pub(crate) static ACCOUNT: Record = Record {
    name: "account",
    fields: &[
        must("id", Kind::Id),
        must("accountGroupId", Kind::Id),
        must("phone", Kind::Phone),
        may("email", NAME),
        may("firstName", NAME),
        may("lastName", NAME),
        may("middleName", NAME),
        may("birthday", Kind::Day),
        may("sex", SEXES),
        must("balance", ANY_SUM),
        may("blocked", Kind::Flag),
        may("level", Kind::Record(&LEVEL)),
        must("identifiers", Kind::List(&IDENTIFIER)),
        must("coupons", Kind::List(&COUPON)),
        // Members the contract does not know, as an instance may have them.
        may("discountId", Kind::Id),
        may("bonusId", Kind::Id),
        may("bonusLifetimeDays", DAYS),
    ],
};

static BURN_ITEM: Record =
    Record { name: "burnItem", fields: &[must("sum", ANY_SUM), must("burnDate", Kind::Day)] };

static PENDING_ITEM: Record =
    Record { name: "pendingItem", fields: &[must("sum", ANY_SUM), must("activeFrom", Kind::Moment)] };

pub(crate) static BALANCE: Record = Record {
    name: "balance",
    fields: &[
        must("accountId", Kind::Id),
        must("balance", ANY_SUM),
        must("items", Kind::List(&BURN_ITEM)),
        may("nonBurning", ANY_SUM),
        may("pending", Kind::List(&PENDING_ITEM)),
    ],
};

pub(crate) static TRANSACTION: Record = Record {
    name: "transaction",
    fields: &[
        must("id", Kind::Id),
        must("date", Kind::Moment),
        must("type", NAME),
        must("sum", ANY_SUM),
        may("balanceAfter", ANY_SUM),
        may("checkId", Kind::Id),
        may("checkGuid", Kind::Guid),
        may("externalCheck", NAME),
        may("restCode", Kind::Id),
        may("restName", NAME),
        may("moneySpent", ANY_SUM),
        may("comment", LONG),
    ],
};

pub(crate) static DISH: Record = Record {
    name: "dish",
    fields: &[
        must("name", NAME),
        must("quantity", Kind::Quantity),
        must("price", ANY_SUM),
        must("sum", ANY_SUM),
    ],
};

pub(crate) static RECEIPT: Record = Record {
    name: "receipt",
    fields: &[
        must("id", Kind::Id),
        may("number", NAME),
        must("date", Kind::Moment),
        may("restCode", Kind::Id),
        may("restName", NAME),
        must("dishes", Kind::List(&DISH)),
        must("total", ANY_SUM),
        must("discount", ANY_SUM),
        must("bonusSpent", ANY_SUM),
        must("bonusAccrued", ANY_SUM),
        must("paid", ANY_SUM),
    ],
};

static GROUP_TEMPLATE: Record = Record {
    name: "groupTemplate",
    fields: &[may("levelId", Kind::Id), may("welcomeBonus", Kind::Sum(0)), may("bonusLifetimeDays", DAYS)],
};

pub(crate) static GROUP: Record = Record {
    name: "group",
    fields: &[
        must("id", Kind::Id),
        must("name", NAME),
        must("haveTemplate", Kind::Flag),
        may("template", Kind::Record(&GROUP_TEMPLATE)),
    ],
};

pub(crate) static LADDER_STEP: Record = Record {
    name: "ladderStep",
    fields: &[must("fromTurnover", Kind::Sum(0)), must("discountId", Kind::Id)],
};

pub(crate) static DISCOUNT: Record = Record {
    name: "discount",
    fields: &[
        must("id", Kind::Id),
        must("name", NAME),
        may("kind", NAME),
        may("percent", PERCENT),
        must("composite", Kind::Flag),
        may("steps", Kind::List(&LADDER_STEP)),
    ],
};

pub(crate) static LADDER: Record = Record {
    name: "ladder",
    fields: &[must("id", Kind::Id), must("name", NAME), must("steps", Kind::List(&LADDER_STEP))],
};

pub(crate) static IDENTIFIER_TYPE: Record =
    Record { name: "identifierType", fields: &[must("id", Kind::Id), must("name", NAME), may("mask", NAME)] };

pub(crate) static ISSUED_IDENTIFIER: Record =
    Record { name: "issuedIdentifier", fields: &[must("value", NAME), must("expiresAt", Kind::Moment)] };

pub(crate) static REFILL_RESULT: Record =
    Record { name: "refillResult", fields: &[must("transactionId", Kind::Id), must("balance", ANY_SUM)] };

pub(crate) static WITHDRAW_RESULT: Record =
    Record { name: "withdrawResult", fields: &[must("transactionId", Kind::Id), must("balance", ANY_SUM)] };

pub(crate) static GROUP_OPERATION_RESULT: Record =
    Record { name: "groupOperationResult", fields: &[must("affected", Kind::Raw)] };

pub(crate) static REGISTER_CHECK_RESULT: Record = Record {
    name: "registerCheckResult",
    fields: &[must("transactionIds", Kind::Ids), must("balance", ANY_SUM)],
};

pub(crate) static REPORT_INFO: Record = Record {
    name: "reportInfo",
    fields: &[must("id", Kind::Id), must("name", NAME), may("description", NAME)],
};

pub(crate) static REPORT: Record =
    Record { name: "report", fields: &[must("columns", Kind::Raw), must("rows", Kind::Raw)] };

pub(crate) static TOKEN_PAIR: Record = Record {
    name: "tokenPair",
    fields: &[
        must("accessToken", NAME),
        must("refreshToken", NAME),
        may("expiresIn", Kind::Int(0, i64::MAX)),
    ],
};

/// Every record that has a name of its own in the contract.
#[cfg(test)]
pub(crate) static RECORDS: &[&Record] = &[
    &ACCOUNT,
    &BALANCE,
    &BURN_ITEM,
    &COUPON,
    &DISCOUNT,
    &DISH,
    &GROUP,
    &GROUP_OPERATION_RESULT,
    &GROUP_TEMPLATE,
    &IDENTIFIER,
    &IDENTIFIER_TYPE,
    &ISSUED_IDENTIFIER,
    &LADDER,
    &LADDER_STEP,
    &LEVEL,
    &PENDING_ITEM,
    &RECEIPT,
    &REGISTER_CHECK_RESULT,
    &REFILL_RESULT,
    &REPORT,
    &REPORT_INFO,
    &TOKEN_PAIR,
    &TRANSACTION,
    &WITHDRAW_RESULT,
];

/// The fields of the requests.
pub(crate) mod request {
    use super::{DAYS, Field, GROUP_TEMPLATE, IDENTIFIER, Kind, LADDER_STEP, LONG, NAME, SEXES, may, must};

    pub(crate) static NONE: &[Field] = &[];
    pub(crate) static LOGIN: &[Field] = &[must("login", NAME), must("password", NAME)];
    pub(crate) static REFRESH: &[Field] = &[must("refreshToken", Kind::Text(500))];
    pub(crate) static ID: &[Field] = &[must("id", Kind::Id)];
    pub(crate) static ACCOUNT_ID: &[Field] = &[must("accountId", Kind::Id)];
    pub(crate) static PHONE: &[Field] = &[must("phone", Kind::Phone)];
    pub(crate) static PAGE: &[Field] =
        &[may("offset", Kind::Int(0, 1_000_000_000)), may("limit", Kind::Int(1, 1_000))];
    pub(crate) static TRANSACTIONS: &[Field] = &[
        must("accountId", Kind::Id),
        may("dateFrom", Kind::Moment),
        may("dateTo", Kind::Moment),
        may("count", Kind::Int(1, 100_000)),
    ];
    pub(crate) static INSERT_BY_TEMPLATE: &[Field] = &[
        must("accountGroupId", Kind::Id),
        must("phone", Kind::Phone),
        may("email", NAME),
        must("firstName", NAME),
        may("lastName", NAME),
        may("middleName", NAME),
        may("birthday", Kind::Day),
        may("sex", SEXES),
        may("identifiers", Kind::List(&IDENTIFIER)),
    ];
    pub(crate) static INSERT_ACCOUNT: &[Field] = &[
        must("accountGroupId", Kind::Id),
        must("phone", Kind::Phone),
        may("email", NAME),
        must("firstName", NAME),
        may("lastName", NAME),
        may("middleName", NAME),
        may("birthday", Kind::Day),
        may("sex", SEXES),
        may("blocked", Kind::Flag),
        may("identifiers", Kind::List(&IDENTIFIER)),
        may("discountId", Kind::Id),
        may("bonusId", Kind::Id),
        may("bonusLifetimeDays", DAYS),
    ];
    pub(crate) static UPDATE_ACCOUNT: &[Field] = &[
        must("id", Kind::Id),
        may("accountGroupId", Kind::Id),
        may("phone", Kind::Phone),
        may("email", NAME),
        may("firstName", NAME),
        may("lastName", NAME),
        may("middleName", NAME),
        may("birthday", Kind::Day),
        may("sex", SEXES),
        may("blocked", Kind::Flag),
        may("identifiers", Kind::List(&IDENTIFIER)),
        may("discountId", Kind::Id),
        may("bonusId", Kind::Id),
        may("bonusLifetimeDays", DAYS),
    ];
    pub(crate) static OPERATION: &[Field] =
        &[must("accountId", Kind::Id), must("sum", Kind::Sum(1)), may("comment", LONG)];
    pub(crate) static GROUP_OPERATION: &[Field] =
        &[must("accountGroupId", Kind::Id), must("sum", Kind::Sum(1)), may("comment", LONG)];
    pub(crate) static ISSUE_IDENTIFIER: &[Field] = &[must("accountId", Kind::Id), must("typeId", Kind::Id)];
    pub(crate) static REGISTER_CHECK: &[Field] = &[
        must("restCode", Kind::Id),
        must("checkGuid", Kind::Guid),
        must("accountId", Kind::Id),
        must("rkUnit", Kind::Id),
        must("externalCheck", NAME),
        must("bonusSpentSum", Kind::Sum(0)),
        must("discountSum", Kind::Sum(0)),
        must("bonusAccruedSum", Kind::Sum(0)),
        must("moneySpentSum", Kind::Sum(0)),
        must("checkData", Kind::Text(100_000)),
    ];
    pub(crate) static INSERT_GROUP: &[Field] = &[
        must("name", NAME),
        must("haveTemplate", Kind::Flag),
        may("template", Kind::Record(&GROUP_TEMPLATE)),
    ];
    pub(crate) static UPDATE_GROUP: &[Field] = &[
        must("id", Kind::Id),
        must("name", NAME),
        must("haveTemplate", Kind::Flag),
        may("template", Kind::Record(&GROUP_TEMPLATE)),
    ];
    pub(crate) static INSERT_IDENTIFIER_TYPE: &[Field] = &[must("name", NAME), may("mask", NAME)];
    pub(crate) static UPDATE_IDENTIFIER_TYPE: &[Field] =
        &[must("id", Kind::Id), must("name", NAME), may("mask", NAME)];
    pub(crate) static INSERT_LADDER: &[Field] =
        &[must("name", NAME), must("steps", Kind::List(&LADDER_STEP))];
    pub(crate) static UPDATE_LADDER: &[Field] =
        &[must("id", Kind::Id), must("name", NAME), must("steps", Kind::List(&LADDER_STEP))];
    pub(crate) static REPORT: &[Field] =
        &[must("id", Kind::Id), must("dateFrom", Kind::Moment), must("dateTo", Kind::Moment)];
}
