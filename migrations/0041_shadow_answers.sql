-- How our answers differ from those of a former server, for the time in which it answers and ours are compared (mode `shadow`). A row
-- contains no path and no value: routes, statuses, keys and JSON types only.
CREATE TABLE shadow_answers (
  contract TEXT NOT NULL,
  route TEXT NOT NULL,
  difference TEXT NOT NULL, -- '' if there is none
  answers INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (contract, route, difference)
) WITHOUT ROWID;
