-- The position at which a background job continues, if it needs many runs to process all items.
CREATE TABLE background_jobs (
  name TEXT PRIMARY KEY,
  cursor TEXT NOT NULL
) WITHOUT ROWID;
