-- What only the right master key makes: one row.
CREATE TABLE master_key (place BIGINT PRIMARY KEY, proof BYTEA NOT NULL);

-- One row for each time that something limited was done.
CREATE TABLE limit_hits (key BYTEA NOT NULL, at BIGINT NOT NULL);
CREATE INDEX limit_hits_by_key ON limit_hits (key, at);
CREATE INDEX limit_hits_by_time ON limit_hits (at);

-- What was spent of a day's budget; days since 1970.
CREATE TABLE budgets (
    name TEXT NOT NULL, day BIGINT NOT NULL, used BIGINT NOT NULL, PRIMARY KEY (name, day)
);

-- The newest code for a phone, on its own devices or at one kiosk.
CREATE TABLE sign_in_codes (
    whose BYTEA PRIMARY KEY, code_hash BYTEA NOT NULL, expires_at BIGINT NOT NULL, tries_left BIGINT NOT NULL
);
CREATE INDEX sign_in_codes_by_expiry ON sign_in_codes (expires_at);

-- A pair of tokens is a generation of its session. `used` is the newest generation that was used, `issued` the newest
-- there is.
CREATE TABLE sessions (
    id TEXT PRIMARY KEY, phone TEXT NOT NULL, account_id BIGINT, kind TEXT NOT NULL, device_id TEXT,
    opened_at BIGINT NOT NULL, last_used_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
    checked_at BIGINT NOT NULL, issued BIGINT NOT NULL, used BIGINT NOT NULL
);
CREATE INDEX sessions_by_phone ON sessions (phone);
CREATE INDEX sessions_by_account ON sessions (account_id);
CREATE INDEX sessions_by_device ON sessions (device_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE tokens (
    hash BYTEA PRIMARY KEY, session_id TEXT NOT NULL, purpose TEXT NOT NULL, generation BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX tokens_by_session ON tokens (session_id, generation);
CREATE INDEX tokens_by_expiry ON tokens (expires_at);

-- Codes for the till that this gateway issued, until they are used or expire.
CREATE TABLE till_codes (
    code_hash BYTEA PRIMARY KEY, phone TEXT NOT NULL, account_id BIGINT NOT NULL, expires_at BIGINT NOT NULL
);
CREATE INDEX till_codes_by_phone ON till_codes (phone);
CREATE INDEX till_codes_by_expiry ON till_codes (expires_at);

CREATE TABLE devices (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, credential_hash BYTEA NOT NULL UNIQUE, added_at BIGINT NOT NULL,
    revoked_at BIGINT
);

-- Proof of what guests agreed to; `account_id` is filled in once there is an account.
CREATE TABLE consents (
    id TEXT PRIMARY KEY, phone TEXT NOT NULL, account_id BIGINT, kind TEXT NOT NULL, text_version TEXT NOT NULL,
    given_at BIGINT NOT NULL, given_address TEXT NOT NULL, withdrawn_at BIGINT, withdrawn_address TEXT
);
CREATE INDEX consents_by_phone ON consents (phone);
CREATE INDEX consents_by_account ON consents (account_id);

-- `subject` is the account, or the phone where there was none: asking twice is one request, asked for again.
CREATE TABLE deletions (
    subject TEXT PRIMARY KEY, phone TEXT NOT NULL, account_id BIGINT, requested_at BIGINT NOT NULL,
    last_requested_at BIGINT NOT NULL
);

-- What a guest was last shown, for their own devices and for kiosks.
CREATE TABLE snapshots (
    account_id BIGINT PRIMARY KEY, as_of BIGINT NOT NULL, guest_body BYTEA NOT NULL, guest_etag TEXT NOT NULL,
    kiosk_body BYTEA NOT NULL, kiosk_etag TEXT NOT NULL
);
CREATE INDEX snapshots_by_age ON snapshots (as_of);
