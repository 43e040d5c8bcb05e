-- What one guest has read. The server knows all of it.
-- Sums are hundredths, instants microseconds since 1970 in UTC, days YYYY-MM-DD, percentages hundredths.

-- Whose file this is, and how far it reaches.
CREATE TABLE state (
    one           INTEGER PRIMARY KEY CHECK (one = 1),
    -- A digest of whoever is signed in, so that nobody is shown another guest's file.
    owner         BLOB    NOT NULL CHECK (length(owner) = 16),
    -- The history is complete from here on; NULL before the first read.
    covered_from  INTEGER,
    -- Whether nothing lies before covered_from.
    from_start    INTEGER NOT NULL DEFAULT 0 CHECK (from_start IN (0, 1)),
    -- When the newest part of the history was last read.
    read_at       INTEGER,
    -- When all of the history was last read.
    full_read_at  INTEGER,
    -- What of the balance's changes the history does not explain.
    unexplained   INTEGER NOT NULL DEFAULT 0,
    -- By how many milliseconds the server's clock is ahead of this device's.
    skew          INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The account and its balance, read together. No full phone is kept.
CREATE TABLE snapshot (
    one              INTEGER PRIMARY KEY CHECK (one = 1),
    as_of            INTEGER NOT NULL,
    account_id       INTEGER NOT NULL,
    group_id         INTEGER NOT NULL,
    blocked          INTEGER NOT NULL CHECK (blocked IN (0, 1)),
    account_balance  INTEGER NOT NULL,
    phone_masked     TEXT,
    first_name       TEXT,
    last_name        TEXT,
    middle_name      TEXT,
    birthday         TEXT,
    sex              TEXT CHECK (sex IN ('male', 'female')),
    email            TEXT,
    level_id         INTEGER,
    level_name       TEXT,
    level_discount   INTEGER,
    level_accrual    INTEGER,
    level_turnover   INTEGER,
    next_name        TEXT,
    next_from        INTEGER,
    balance_id       INTEGER NOT NULL,
    total            INTEGER NOT NULL,
    -- 'parts', or why the parts cannot be shown.
    schedule         TEXT    NOT NULL
        CHECK (schedule IN ('parts', 'parts_do_not_sum', 'impossible_part', 'totals_differ')),
    non_burning      INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE burn (
    day     TEXT    NOT NULL PRIMARY KEY,
    amount  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pending (
    place        INTEGER PRIMARY KEY,
    amount       INTEGER NOT NULL,
    active_from  INTEGER
) STRICT;

CREATE TABLE identifier (
    place    INTEGER PRIMARY KEY,
    type_id  INTEGER NOT NULL,
    value    TEXT    NOT NULL
) STRICT;

CREATE TABLE coupon (
    place       INTEGER PRIMARY KEY,
    id          INTEGER NOT NULL,
    name        TEXT    NOT NULL,
    code        TEXT,
    expires_at  INTEGER
) STRICT;

CREATE TABLE history (
    id              INTEGER PRIMARY KEY,
    at              INTEGER NOT NULL,
    kind            TEXT    NOT NULL,
    sum             INTEGER NOT NULL,
    balance_after   INTEGER,
    receipt         TEXT,
    check_guid      BLOB,
    external_check  TEXT,
    venue_code      INTEGER,
    venue           TEXT,
    money_spent     INTEGER,
    comment         TEXT,
    operation_key   BLOB
) STRICT;

-- Pages are read newest first, from a row on.
CREATE INDEX history_newest ON history (at DESC, id DESC);

CREATE TABLE receipt (
    reference      TEXT    NOT NULL PRIMARY KEY,
    number         TEXT,
    at             INTEGER NOT NULL,
    venue_code     INTEGER,
    venue          TEXT,
    total          INTEGER NOT NULL,
    discount       INTEGER NOT NULL,
    bonus_spent    INTEGER NOT NULL,
    bonus_accrued  INTEGER NOT NULL,
    paid           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE dish (
    reference  TEXT    NOT NULL REFERENCES receipt ON DELETE CASCADE,
    line       INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    quantity   INTEGER NOT NULL,
    price      INTEGER NOT NULL,
    sum        INTEGER NOT NULL,
    PRIMARY KEY (reference, line)
) STRICT, WITHOUT ROWID;
