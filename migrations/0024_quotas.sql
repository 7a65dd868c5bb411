-- How often an account has used each daily quota, on the last day on which it used it. One row per account and quota.
CREATE TABLE quota_uses (
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  quota TEXT NOT NULL,
  day TEXT NOT NULL, -- UTC
  uses INTEGER NOT NULL,
  PRIMARY KEY (account_id, quota)
) WITHOUT ROWID;
