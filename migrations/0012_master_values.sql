-- The values that a profile or preference may use. There are eight types. A value's code is the prefix of its type and a number.
CREATE TABLE master_types (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  type TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE TABLE master_values (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  type_id INTEGER NOT NULL REFERENCES master_types (id) ON DELETE CASCADE,
  value TEXT NOT NULL UNIQUE, -- unique over all types, as the contract's error text says
  code TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE INDEX master_values_by_type ON master_values (type_id, id, value);
