-- Plans of meetups.
CREATE TABLE plans (
  id TEXT PRIMARY KEY CHECK (length(id) = 24), -- an ObjectId: its text order is the order of creation
  creator_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  title TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  location TEXT NOT NULL, -- JSON, in the form that the contract returns
  start_time INTEGER,
  end_time INTEGER NOT NULL,
  visibility TEXT NOT NULL DEFAULT 'public' CHECK (visibility IN ('public', 'friends', 'private')),
  capacity INTEGER CHECK (capacity > 0),
  sequence INTEGER NOT NULL DEFAULT 0, -- number of edits; calendar programs need it to detect changes
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK (start_time IS NULL OR start_time < end_time)
) WITHOUT ROWID;
-- A list of plans is merged from several streams. Each stream is a range scan of one of these indexes: all public plans,
-- or one person's plans with one visibility; ordered by age or by start time.
CREATE INDEX plans_public ON plans (id) WHERE visibility = 'public';
CREATE INDEX plans_public_by_start ON plans (start_time, id) WHERE visibility = 'public';
CREATE INDEX plans_of_person ON plans (creator_id, visibility, id);
CREATE INDEX plans_of_person_by_start ON plans (creator_id, visibility, start_time, id);

-- The RSVPs to plans. An account has at most one for each plan.
CREATE TABLE rsvps (
  id TEXT PRIMARY KEY CHECK (length(id) = 24),
  plan_id TEXT NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  UNIQUE (plan_id, account_id)
) WITHOUT ROWID;
CREATE INDEX rsvps_of_plan ON rsvps (plan_id, id);
CREATE INDEX rsvps_of_person ON rsvps (account_id, id);
