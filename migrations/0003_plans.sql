CREATE TABLE plans (
  id TEXT PRIMARY KEY CHECK (length(id) = 24), -- an ObjectId: its text sorts by the time it was made
  creator_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  title TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  location TEXT NOT NULL, -- JSON, as the contract shows it
  start_time INTEGER,
  end_time INTEGER NOT NULL,
  visibility TEXT NOT NULL DEFAULT 'public' CHECK (visibility IN ('public', 'friends', 'private')),
  capacity INTEGER CHECK (capacity > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX plans_by_creator ON plans (creator_id, id);

CREATE TABLE rsvps (
  id TEXT PRIMARY KEY CHECK (length(id) = 24),
  plan_id TEXT NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  UNIQUE (plan_id, account_id)
) WITHOUT ROWID;
CREATE INDEX rsvps_by_account ON rsvps (account_id, id);
