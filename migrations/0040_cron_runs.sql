-- The time of each cron's last run: a cron that the platform no longer starts causes no error, and nothing else would show it.
-- `oldest_due_at`: the due time of the oldest item that was overdue at that run; null if there was none.
CREATE TABLE cron_runs (
  name TEXT PRIMARY KEY CHECK (name IN ('sweep', 'alarms')),
  finished_at INTEGER NOT NULL,
  oldest_due_at INTEGER
) WITHOUT ROWID;

-- Starts with the time of the set-up, so that a cron that never runs is reported as late, too.
INSERT INTO cron_runs (name, finished_at) VALUES ('sweep', unixepoch() * 1000), ('alarms', unixepoch() * 1000);
