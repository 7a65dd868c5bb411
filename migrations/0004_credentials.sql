-- All valid credentials, and no others. Revocation deletes the row, and a token without a row is rejected.
-- An access token has no row of its own: it is valid only while the row of its refresh token exists.
CREATE TABLE credentials (
  id TEXT PRIMARY KEY CHECK (length(id) = 32), -- the token's jti
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('token', 'session', 'pair')),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  last_seen_day TEXT NOT NULL, -- YYYY-MM-DD: at most one write per day
  user_agent TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX credentials_by_account ON credentials (account_id, created_at, id);
CREATE INDEX credentials_by_expiry ON credentials (expires_at);

-- Failed log-ins, by a hash of the username in the request, whether or not an account has this username.
CREATE TABLE login_failures (
  who TEXT PRIMARY KEY,
  failures INTEGER NOT NULL, -- in the time window that starts at `since`
  since INTEGER NOT NULL,
  locks INTEGER NOT NULL DEFAULT 0, -- number of recent locks: each lock is twice as long as the one before
  locked_until INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX login_failures_by_age ON login_failures (since);
