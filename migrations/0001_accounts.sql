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
  created_at INTEGER NOT NULL, -- all times are milliseconds since 1970
  updated_at INTEGER NOT NULL,
  last_login_at INTEGER
);
CREATE INDEX accounts_by_plan ON accounts (subscription_plan_id) WHERE subscription_plan_id IS NOT NULL;

CREATE INDEX accounts_by_first_name ON accounts (lower(first_name));
CREATE INDEX accounts_by_last_name ON accounts (lower(last_name));

CREATE TABLE subscription_plans (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  plan_type TEXT NOT NULL,
  start_date TEXT NOT NULL, -- YYYY-MM-DD
  end_date TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'active',
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);

-- What each contract stores about a person beside the account. A row is created when it is first needed.
CREATE TABLE practice_profiles ( -- mindharmony
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  bio TEXT NOT NULL DEFAULT '',
  location TEXT NOT NULL DEFAULT ''
);
CREATE TABLE facility_profiles ( -- facility
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  display_name TEXT NOT NULL DEFAULT '',
  facility_id TEXT NOT NULL DEFAULT '',
  consent INTEGER NOT NULL DEFAULT 0 CHECK (consent IN (0, 1))
);
CREATE TABLE meetup_profiles ( -- meetups
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  date_of_birth TEXT,
  bio TEXT NOT NULL DEFAULT ''
);

-- All valid credentials, and no others. Revocation deletes the row, and a token without a row is rejected.
-- An access token has no row of its own: it is valid only while the row of its refresh token exists.
CREATE TABLE credentials (
  id TEXT PRIMARY KEY CHECK (length(id) = 32), -- the token's jti
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('token', 'session', 'pair')),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  last_seen_day TEXT NOT NULL, -- YYYY-MM-DD: at most one write per day
  user_agent TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX credentials_by_account ON credentials (account_id, created_at, id);
CREATE INDEX credentials_by_expiry ON credentials (expires_at);

-- Failed log-ins, by a hash of the username in the request, whether or not an account has this username.
CREATE TABLE login_failures (
  who TEXT PRIMARY KEY,
  failures INTEGER NOT NULL, -- in the time window that starts at `since`
  since INTEGER NOT NULL,
  locks INTEGER NOT NULL DEFAULT 0, -- number of recent locks: each lock is twice as long as the one before
  locked_until INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX login_failures_by_age ON login_failures (since);
