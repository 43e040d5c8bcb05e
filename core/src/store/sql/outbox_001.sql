-- Instants are milliseconds since 1970, UTC. "Server" says that they come from the dates of the server's replies.

-- Every write of money, from before its first byte leaves until 400 days after it is settled.
CREATE TABLE writes (
    -- The order in which writes were asked for.
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    key             BLOB    NOT NULL UNIQUE CHECK (length(key) = 16),
    method          TEXT    NOT NULL
        CHECK (method IN ('refill', 'withdraw', 'register_check', 'refill_group', 'withdraw_group')),
    -- 'a' for an account, 'g' for a group, and its number.
    target_kind     TEXT    NOT NULL CHECK (target_kind IN ('a', 'g')),
    target          INTEGER NOT NULL,
    -- What one application does to an account's balance, in hundredths of a bonus.
    effect          INTEGER NOT NULL,
    -- The group operation that this is a part of.
    group_key       BLOB REFERENCES group_operations (key),
    venue_code       INTEGER,
    external_check  TEXT,
    body_hash       BLOB    NOT NULL CHECK (length(body_hash) = 32),
    -- Gone once the write is settled: comments and check data may be personal.
    body            TEXT,
    state           TEXT    NOT NULL
        CHECK (state IN ('prepared', 'sent', 'unknown', 'accepted', 'rejected', 'duplicate')),
    prepared_at     INTEGER NOT NULL,
    -- Server: it had reached this time before the write was first sent.
    not_before      INTEGER,
    attempts        INTEGER NOT NULL DEFAULT 0,
    -- 1 when an attempt may have been applied although the last one was not.
    in_doubt        INTEGER NOT NULL DEFAULT 0 CHECK (in_doubt IN (0, 1)),
    -- 1 when one application must leave a row in a history.
    leaves_row      INTEGER NOT NULL CHECK (leaves_row IN (0, 1)),
    -- 1 when every attempt so far carried the key to the server.
    carried_key     INTEGER NOT NULL DEFAULT 1 CHECK (carried_key IN (0, 1)),
    -- Server: a time after the last attempt.
    after_attempt   INTEGER,
    -- Server: the first look that counted and found nothing.
    first_look      INTEGER,
    looks           INTEGER NOT NULL DEFAULT 0,
    seen            INTEGER NOT NULL DEFAULT 0,
    -- This machine's clock: when to do something about it next.
    due             INTEGER NOT NULL DEFAULT 0,
    refusal_kind    TEXT CHECK (refusal_kind IN ('content', 'conflict', 'not_found')),
    refusal_code    TEXT,
    refusal_field   TEXT,
    -- The ids of the rows it made, as a JSON list.
    transaction_ids TEXT,
    balance         INTEGER,
    affected        INTEGER,
    settled_at      INTEGER,
    -- 1 when nobody looks for it in the server's books any more.
    watched         INTEGER NOT NULL DEFAULT 0 CHECK (watched IN (0, 1)),
    -- 1 when a person has taken it off the list.
    closed          INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1))
) STRICT;

-- A purchase has one key, whoever makes it up.
CREATE UNIQUE INDEX one_key_a_purchase ON writes (venue_code, external_check) WHERE external_check IS NOT NULL;
CREATE INDEX by_state ON writes (state, seq);
CREATE INDEX by_target ON writes (target_kind, target, state, seq);
CREATE INDEX unwatched ON writes (state, due) WHERE watched = 0;
CREATE INDEX by_group ON writes (group_key) WHERE group_key IS NOT NULL;
CREATE INDEX by_settlement ON writes (settled_at) WHERE settled_at IS NOT NULL;

-- Group operations that were expanded into one write an account.
CREATE TABLE group_operations (
    key         BLOB PRIMARY KEY NOT NULL CHECK (length(key) = 16),
    body_hash   BLOB    NOT NULL CHECK (length(body_hash) = 32),
    prepared_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Whether this server's history shows our keys, by method. Server times.
CREATE TABLE echoes (
    method     TEXT PRIMARY KEY NOT NULL,
    -- An applied write's key was last seen then.
    shown_at   INTEGER,
    -- An applied write's key was last missed then.
    missing_at INTEGER
) STRICT, WITHOUT ROWID;

-- One row about the whole.
CREATE TABLE outbox (
    id             INTEGER PRIMARY KEY CHECK (id = 1),
    -- Whose outbox it is: writes for one server must never be sent to another.
    server         TEXT,
    -- Server: the latest time that it has told.
    server_reached INTEGER,
    -- Rows were lost before this, by this machine's clock: a key that may be older may have been used.
    lost_at        INTEGER
) STRICT;
INSERT INTO outbox (id) VALUES (1);
