-- What a member looks for. Lists are JSON; NULL means "any".
CREATE TABLE match_preferences (
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  age_min INTEGER,
  age_max INTEGER,
  height_min INTEGER,
  height_max INTEGER,
  weight_min INTEGER,
  weight_max INTEGER,
  income_min INTEGER,
  income_max INTEGER,
  profession TEXT,
  education TEXT,
  location TEXT,
  language TEXT,
  caste TEXT,
  religion TEXT,
  gender TEXT,
  marital_status TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE INDEX match_preferences_by_gender ON match_preferences (gender, account_id);

-- The match scores that were requested, one row for each pair and direction.
CREATE TABLE matches (
  user1_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  user2_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  score REAL NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('accepted', 'pending')),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (user1_id, user2_id)
) WITHOUT ROWID;
CREATE INDEX matches_by_other ON matches (user2_id);
