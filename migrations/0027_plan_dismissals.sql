-- Plans that an account does not want to see in its list. Nobody else notices it.
CREATE TABLE plan_dismissals (
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  plan_id TEXT NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, plan_id)
) WITHOUT ROWID;
CREATE INDEX plan_dismissals_by_plan ON plan_dismissals (plan_id);
