-- Practice sessions of mindharmony.
CREATE TABLE practice_sessions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  date TEXT NOT NULL, -- YYYY-MM-DD
  duration INTEGER NOT NULL CHECK (duration BETWEEN 1 AND 1440), -- minutes
  created_at INTEGER NOT NULL
);
CREATE INDEX practice_sessions_by_date ON practice_sessions (account_id, date DESC, id DESC);
