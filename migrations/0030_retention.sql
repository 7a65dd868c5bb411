-- Alarm objects that hold messages to people, and since when. The daily sweep calls those whose oldest messages have reached
-- their age. It is written with the index of open alarms.
CREATE TABLE alarm_histories (
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  oldest_at INTEGER NOT NULL
);
CREATE INDEX alarm_histories_by_age ON alarm_histories (oldest_at, account_id);

-- Closed accounts that the daily sweep is erasing. Such an account is not reactivated any more. The row disappears with the
-- account, so an erasure that failed half-way is continued by the next run.
CREATE TABLE erasures (
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE
);

-- Closed by their owner or an operator. Suspended accounts stay: their names must not become free.
CREATE INDEX accounts_closed ON accounts (updated_at) WHERE is_active = 0 AND is_suspended = 0;
