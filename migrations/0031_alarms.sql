-- Whose alarm object still has something to do: what the cron asks after, should an object's own alarm have been lost.
-- The truth is in the object; a row too many costs one question, and a row too few is written by the object itself.
CREATE TABLE open_alarms (
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  checked_at INTEGER NOT NULL
);
CREATE INDEX open_alarms_by_check ON open_alarms (checked_at, account_id);

-- What would have been sent, while no provider is set: kept, and read by staff.
CREATE TABLE outbox (
  key TEXT PRIMARY KEY, -- the message's idempotency key: sent again, it is the same row
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
