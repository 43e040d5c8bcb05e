-- The sandbox's books. Sums are kopecks, moments are seconds since the epoch, days are days of a life.
CREATE TABLE restaurant (
    code INTEGER PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

-- The discount dictionary: plain entries as a till system would give them, and ladders over them.
CREATE TABLE discount (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT CHECK (kind IN ('discount', 'bonus')),
    percent INTEGER CHECK (percent BETWEEN 0 AND 100),
    composite INTEGER NOT NULL
) STRICT;

CREATE TABLE ladder_step (
    ladder_id INTEGER NOT NULL REFERENCES discount (id),
    from_turnover INTEGER NOT NULL,
    discount_id INTEGER NOT NULL REFERENCES discount (id),
    PRIMARY KEY (ladder_id, from_turnover)
) STRICT, WITHOUT ROWID;

CREATE TABLE account_group (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    have_template INTEGER NOT NULL,
    level_id INTEGER REFERENCES discount (id),
    welcome_bonus INTEGER,
    lifetime_days INTEGER
) STRICT;

CREATE TABLE identifier_type (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    mask TEXT
) STRICT;

CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    group_id INTEGER NOT NULL REFERENCES account_group (id),
    phone TEXT NOT NULL UNIQUE,
    email TEXT,
    first_name TEXT,
    last_name TEXT,
    middle_name TEXT,
    birthday TEXT,
    sex TEXT,
    blocked INTEGER NOT NULL DEFAULT 0,
    discount_id INTEGER REFERENCES discount (id),
    bonus_id INTEGER REFERENCES discount (id),
    lifetime_days INTEGER,
    turnover INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX account_of_group ON account (group_id);

CREATE TABLE identifier (
    type_id INTEGER NOT NULL REFERENCES identifier_type (id),
    value TEXT NOT NULL,
    account_id INTEGER NOT NULL REFERENCES account (id),
    PRIMARY KEY (type_id, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX identifier_of_account ON identifier (account_id);

CREATE TABLE issued_code (
    value TEXT PRIMARY KEY,
    type_id INTEGER NOT NULL REFERENCES identifier_type (id),
    account_id INTEGER NOT NULL REFERENCES account (id),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE coupon (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id),
    name TEXT NOT NULL,
    code TEXT,
    expires_at INTEGER
) STRICT;
CREATE INDEX coupon_of_account ON coupon (account_id);

-- A purchase: at the till, or registered from outside (then external_check is set and there are no dishes).
CREATE TABLE receipt (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id),
    at INTEGER NOT NULL,
    rest_code INTEGER,
    rk_unit INTEGER,
    guid TEXT,
    external_check TEXT,
    total INTEGER NOT NULL,
    discount INTEGER NOT NULL,
    bonus_spent INTEGER NOT NULL,
    bonus_accrued INTEGER NOT NULL,
    paid INTEGER NOT NULL,
    -- How many portions to invent when the receipt is read; 0: the dishes, if any, are in their table.
    invented_portions INTEGER NOT NULL,
    data TEXT
) STRICT;
CREATE INDEX receipt_of_account ON receipt (account_id);

CREATE TABLE dish (
    receipt_id INTEGER NOT NULL REFERENCES receipt (id),
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    quantity_thousandths INTEGER NOT NULL,
    price INTEGER NOT NULL,
    sum INTEGER NOT NULL,
    PRIMARY KEY (receipt_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE txn (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (id),
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    sum INTEGER NOT NULL,
    balance_after INTEGER NOT NULL,
    receipt_id INTEGER REFERENCES receipt (id),
    guid TEXT,
    external_check TEXT,
    rest_code INTEGER,
    money_spent INTEGER,
    comment TEXT,
    -- History shows the row from this moment on; the balance counts it at once.
    visible_at INTEGER NOT NULL
) STRICT;
CREATE INDEX txn_of_account ON txn (account_id, at, id);
CREATE INDEX txn_by_guid ON txn (guid) WHERE guid IS NOT NULL;
CREATE INDEX txn_by_comment ON txn (comment) WHERE comment IS NOT NULL;

-- What is left of each accrual. Emptied lots are deleted; a negative one is a debt left by a correction.
CREATE TABLE lot (
    txn_id INTEGER PRIMARY KEY REFERENCES txn (id),
    account_id INTEGER NOT NULL REFERENCES account (id),
    remaining INTEGER NOT NULL,
    active_from INTEGER NOT NULL,
    burn_at INTEGER
) STRICT;
CREATE INDEX lot_of_account ON lot (account_id);
CREATE INDEX lot_burning ON lot (burn_at) WHERE remaining > 0 AND burn_at IS NOT NULL;
