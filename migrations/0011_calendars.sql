-- The token of a person's calendar feed. It is part of a URL that calendar programs store, and gives access to nothing else.
CREATE TABLE calendar_feeds (
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  token TEXT NOT NULL UNIQUE CHECK (length(token) >= 32),
  created_at INTEGER NOT NULL
);

-- Deleted plans that feeds show as cancelled for a while, and (below) the accounts whose feeds show them.
CREATE TABLE cancelled_plans (
  id TEXT PRIMARY KEY CHECK (length(id) = 24), -- the id of the plan
  title TEXT NOT NULL,
  start_time INTEGER,
  end_time INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  cancelled_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX cancelled_plans_by_age ON cancelled_plans (cancelled_at);

CREATE TABLE cancelled_plan_people (
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  plan_id TEXT NOT NULL REFERENCES cancelled_plans (id) ON DELETE CASCADE,
  PRIMARY KEY (account_id, plan_id)
) WITHOUT ROWID;
CREATE INDEX cancelled_plan_people_by_plan ON cancelled_plan_people (plan_id);

-- A feed's token is deleted together with all credentials of its account, whichever contract does that: when the account
-- is deactivated, and when its password is replaced. A log-in may also write the password column, to store a newer hash of
-- the same password. The triggers recognise that by last_login_at, which only a log-in changes.
CREATE TRIGGER calendar_feeds_end_with_account AFTER UPDATE OF is_active ON accounts
WHEN NEW.is_active = 0
BEGIN
  DELETE FROM calendar_feeds WHERE account_id = NEW.id;
END;
CREATE TRIGGER calendar_feeds_end_with_password AFTER UPDATE OF password ON accounts
WHEN NEW.password <> OLD.password AND NEW.last_login_at IS OLD.last_login_at
BEGIN
  DELETE FROM calendar_feeds WHERE account_id = NEW.id;
END;
