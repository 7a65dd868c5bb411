-- What `npm run move -- import` has imported from the databases of former servers.

-- One row per run: one plan that was imported, or is being imported.
CREATE TABLE moves (
  id TEXT PRIMARY KEY CHECK (length(id) = 32), -- the plan's id
  contract TEXT NOT NULL CHECK (contract IN ('facility', 'matrimony', 'meetups', 'mindharmony', 'recovery')),
  started_at INTEGER NOT NULL,
  finished_at INTEGER, -- NULL: it was interrupted, or is not finished yet
  undone_at INTEGER
) WITHOUT ROWID;

-- One row per batch of the import. It is written with its rows or not at all, so an import that was interrupted can be repeated.
CREATE TABLE move_chunks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  move_id TEXT NOT NULL REFERENCES moves (id),
  model TEXT NOT NULL, -- as the former server calls it: auth.user
  moved_at INTEGER NOT NULL
);
CREATE INDEX move_chunks_of_move ON move_chunks (move_id, id);

-- One row per imported row of a source. It is kept when a person deletes the row here, and when an account is erased: a
-- repeated import must not restore deleted rows. So there is no foreign key to the account.
CREATE TABLE moved_rows (
  contract TEXT NOT NULL CHECK (contract IN ('facility', 'matrimony', 'meetups', 'mindharmony', 'recovery')),
  model TEXT NOT NULL,
  source_key TEXT NOT NULL, -- the former id; for a token or a session its digest
  chunk_id INTEGER NOT NULL REFERENCES move_chunks (id),
  target_key TEXT NOT NULL, -- the id here
  digest TEXT NOT NULL, -- of the values that were written: undoing an import leaves rows that were changed since
  PRIMARY KEY (contract, model, source_key)
) WITHOUT ROWID;
CREATE INDEX moved_rows_of_chunk ON moved_rows (chunk_id, source_key);
