-- Accounts whose Durable Object still has alarm work to do. The cron calls these objects, in case the platform alarm of one
-- was lost. The object is the source of truth: a superfluous row costs one call, and the object itself adds a missing row.
CREATE TABLE open_alarms (
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  checked_at INTEGER NOT NULL
);
CREATE INDEX open_alarms_by_check ON open_alarms (checked_at, account_id);

-- Messages that were stored instead of sent, because no provider is configured. Staff can read them.
CREATE TABLE outbox (
  key TEXT PRIMARY KEY, -- the message's idempotency key: a retry does not add a second row
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  channel TEXT NOT NULL CHECK (channel IN ('email', 'sms')),
  recipient TEXT NOT NULL,
  address TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX outbox_by_account ON outbox (account_id);
CREATE INDEX outbox_by_time ON outbox (created_at, key);
