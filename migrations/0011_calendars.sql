-- The key to a person's calendar feed: it stands in a URL that calendar programs keep, and opens nothing else.
CREATE TABLE calendar_feeds (
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  token TEXT NOT NULL UNIQUE CHECK (length(token) >= 32),
  created_at INTEGER NOT NULL
);

-- What a feed says for a while of a plan that was deleted, and whom it says it to.
CREATE TABLE cancelled_plans (
  id TEXT PRIMARY KEY CHECK (length(id) = 24), -- the plan's
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

-- A feed's key ends where every credential of its account ends, whichever contract ends them: when the account is
-- closed, and when its password is replaced. A log-in, too, may write the password, to keep the same one under a newer
-- hash; it is told apart by the time of the log-in, which it writes along.
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
