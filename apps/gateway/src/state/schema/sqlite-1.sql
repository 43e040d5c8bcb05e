-- What only the right master key makes: one row.
CREATE TABLE master_key (place INTEGER PRIMARY KEY, proof BLOB NOT NULL) STRICT;

-- One row for each time that something limited was done.
CREATE TABLE limit_hits (key BLOB NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE INDEX limit_hits_by_key ON limit_hits (key, at);
CREATE INDEX limit_hits_by_time ON limit_hits (at);

-- What was spent of a day's budget; days since 1970.
CREATE TABLE budgets (
    name TEXT NOT NULL, day INTEGER NOT NULL, used INTEGER NOT NULL, PRIMARY KEY (name, day)
) STRICT, WITHOUT ROWID;

-- The newest code for a phone, on its own devices or at one kiosk.
CREATE TABLE sign_in_codes (
    whose BLOB PRIMARY KEY, code_hash BLOB NOT NULL, expires_at INTEGER NOT NULL, tries_left INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_codes_by_expiry ON sign_in_codes (expires_at);

-- A pair of tokens is a generation of its session. `used` is the newest generation that was used, `issued` the newest
-- there is.
CREATE TABLE sessions (
    id TEXT PRIMARY KEY, phone TEXT NOT NULL, account_id INTEGER, kind TEXT NOT NULL, device_id TEXT,
    opened_at INTEGER NOT NULL, last_used_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
    checked_at INTEGER NOT NULL, issued INTEGER NOT NULL, used INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_phone ON sessions (phone);
CREATE INDEX sessions_by_account ON sessions (account_id);
CREATE INDEX sessions_by_device ON sessions (device_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE tokens (
    hash BLOB PRIMARY KEY, session_id TEXT NOT NULL, purpose TEXT NOT NULL, generation INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_by_session ON tokens (session_id, generation);
CREATE INDEX tokens_by_expiry ON tokens (expires_at);

-- Codes for the till that this gateway issued, until they are used or expire.
CREATE TABLE till_codes (
    code_hash BLOB PRIMARY KEY, phone TEXT NOT NULL, account_id INTEGER NOT NULL, expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX till_codes_by_phone ON till_codes (phone);
CREATE INDEX till_codes_by_expiry ON till_codes (expires_at);

CREATE TABLE devices (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, credential_hash BLOB NOT NULL UNIQUE, added_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;

-- Proof of what guests agreed to; `account_id` is filled in once there is an account.
CREATE TABLE consents (
    id TEXT PRIMARY KEY, phone TEXT NOT NULL, account_id INTEGER, kind TEXT NOT NULL, text_version TEXT NOT NULL,
    given_at INTEGER NOT NULL, given_address TEXT NOT NULL, withdrawn_at INTEGER, withdrawn_address TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX consents_by_phone ON consents (phone);
CREATE INDEX consents_by_account ON consents (account_id);

-- `subject` is the account, or the phone where there was none: asking twice is one request, asked for again.
CREATE TABLE deletions (
    subject TEXT PRIMARY KEY, phone TEXT NOT NULL, account_id INTEGER, requested_at INTEGER NOT NULL,
    last_requested_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a guest was last shown, for their own devices and for kiosks.
CREATE TABLE snapshots (
    account_id INTEGER PRIMARY KEY, as_of INTEGER NOT NULL, guest_body BLOB NOT NULL, guest_etag TEXT NOT NULL,
    kiosk_body BLOB NOT NULL, kiosk_etag TEXT NOT NULL
) STRICT;
CREATE INDEX snapshots_by_age ON snapshots (as_of);
