-- What recovery stores about a person. The scenarios and the music are in the next migration.

-- What happens when a person triggers an alarm. The four scenarios are the same for all accounts.
CREATE TABLE alarm_scenarios (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  play_music INTEGER NOT NULL DEFAULT 0 CHECK (play_music IN (0, 1)),
  notify_contact INTEGER NOT NULL DEFAULT 0 CHECK (notify_contact IN (0, 1)),
  notify_therapist INTEGER NOT NULL DEFAULT 0 CHECK (notify_therapist IN (0, 1))
);

CREATE TABLE music_tracks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  url TEXT NOT NULL
);

-- A person may enter several therapists over time; recovery_profiles refers to the present one.
CREATE TABLE therapists (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  phone TEXT NOT NULL,
  email TEXT NOT NULL,
  created_at INTEGER NOT NULL
);
CREATE INDEX therapists_by_account ON therapists (account_id, id);

CREATE TABLE emergency_contacts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  phone TEXT NOT NULL,
  email TEXT NOT NULL DEFAULT '',
  relationship TEXT NOT NULL,
  created_at INTEGER NOT NULL
);
CREATE INDEX emergency_contacts_by_account ON emergency_contacts (account_id, id);

CREATE TABLE recovery_profiles (
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  age INTEGER CHECK (age BETWEEN 0 AND 150),
  location TEXT NOT NULL DEFAULT '',
  military_status INTEGER NOT NULL DEFAULT 0 CHECK (military_status IN (0, 1)),
  ptsd_level INTEGER CHECK (ptsd_level BETWEEN 1 AND 5),
  music_id INTEGER REFERENCES music_tracks (id) ON DELETE SET NULL,
  therapist_id INTEGER REFERENCES therapists (id) ON DELETE SET NULL,
  scenario_id INTEGER REFERENCES alarm_scenarios (id) ON DELETE SET NULL
);
-- For ON DELETE SET NULL: without this index the deletion of a therapist would read every profile.
CREATE INDEX recovery_profiles_by_therapist ON recovery_profiles (therapist_id) WHERE therapist_id IS NOT NULL;
