-- The last turns of a person's conversation with the assistant. The model receives them with the next question.
CREATE TABLE assistant_turns (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
  text TEXT NOT NULL,
  created_at INTEGER NOT NULL
);
CREATE INDEX assistant_turns_by_account ON assistant_turns (account_id, id);
