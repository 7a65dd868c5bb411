-- When each cron has run last: a cron that the platform does not start any more is silent, and nothing else would tell.
-- `oldest_due_at`: when the oldest work was due that the run has found undone; null if there was none.
CREATE TABLE cron_runs (
  name TEXT PRIMARY KEY CHECK (name IN ('sweep', 'alarms')),
  finished_at INTEGER NOT NULL,
  oldest_due_at INTEGER
) WITHOUT ROWID;

-- The time of the set-up, so that a cron that never runs is late some day, too.
INSERT INTO cron_runs (name, finished_at) VALUES ('sweep', unixepoch() * 1000), ('alarms', unixepoch() * 1000);
