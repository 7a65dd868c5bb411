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
  consent INTEGER NOT NULL DEFAULT 0 CHECK (consent IN (0, 1)),
  theme TEXT NOT NULL DEFAULT 'light' CHECK (theme IN ('light', 'dark', 'high-contrast')),
  text_size TEXT NOT NULL DEFAULT 'txt-base' CHECK (text_size IN ('txt-sm', 'txt-base', 'txt-lg', 'txt-xl'))
);
CREATE TABLE meetup_profiles ( -- meetups
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  date_of_birth TEXT,
  bio TEXT NOT NULL DEFAULT ''
);
