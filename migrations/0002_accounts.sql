-- One account per person. A person can log in to it through each of the five contracts.
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- AUTOINCREMENT: an id is never used again
  object_id TEXT NOT NULL UNIQUE CHECK (length(object_id) = 24),
  username TEXT NOT NULL, -- as typed by the user
  username_key TEXT NOT NULL UNIQUE, -- normalised, for comparison
  email TEXT NOT NULL DEFAULT '',
  email_key TEXT UNIQUE, -- normalised; NULL if there is no e-mail address
  phone_number TEXT UNIQUE, -- E.164
  password TEXT NOT NULL, -- PHC string, or a hash imported from Django
  first_name TEXT NOT NULL DEFAULT '',
  last_name TEXT NOT NULL DEFAULT '',
  profile_picture TEXT,
  subscription_plan_id INTEGER REFERENCES subscription_plans (id) ON DELETE SET NULL,
  is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
  is_suspended INTEGER NOT NULL DEFAULT 0 CHECK (is_suspended IN (0, 1)),
  is_admin INTEGER NOT NULL DEFAULT 0 CHECK (is_admin IN (0, 1)),
  is_staff INTEGER NOT NULL DEFAULT 0 CHECK (is_staff IN (0, 1)),
  is_superuser INTEGER NOT NULL DEFAULT 0 CHECK (is_superuser IN (0, 1)),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  last_login_at INTEGER
);
-- For ON DELETE SET NULL: without this index the deletion of a plan would read every account.
CREATE INDEX accounts_by_plan ON accounts (subscription_plan_id) WHERE subscription_plan_id IS NOT NULL;
CREATE INDEX accounts_by_first_name ON accounts (lower(first_name));
CREATE INDEX accounts_by_last_name ON accounts (lower(last_name));
-- Active accounts, oldest first.
CREATE INDEX accounts_open ON accounts (id) WHERE is_active = 1;
