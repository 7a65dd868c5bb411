CREATE TABLE matrimony_profiles (
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  is_listed INTEGER NOT NULL CHECK (is_listed IN (0, 1)), -- copy of accounts.is_active, maintained by a trigger
  gender TEXT NOT NULL DEFAULT '', -- '' if not set, so that matching can search for it in an index
  date_of_birth TEXT, -- YYYY-MM-DD
  height INTEGER, -- cm
  weight INTEGER, -- kg
  religion TEXT,
  caste TEXT,
  income INTEGER,
  profession TEXT,
  education TEXT,
  bio TEXT NOT NULL DEFAULT '',
  marital_status TEXT,
  location TEXT,
  language TEXT,
  image TEXT NOT NULL UNIQUE, -- the object's name in the R2 bucket, under profile_img/
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE INDEX matrimony_profiles_listed ON matrimony_profiles (account_id) WHERE is_listed = 1;
CREATE INDEX matrimony_profiles_newest ON matrimony_profiles (created_at, account_id, gender) WHERE is_listed = 1;
-- All columns that the score uses, by gender and then by age, the factor with the most points: finding matches reads only
-- this index and no row of the table.
CREATE INDEX matrimony_profiles_to_match ON matrimony_profiles
  (gender, date_of_birth, height, weight, income, profession, education, location, language, marital_status, religion, caste)
  WHERE is_listed = 1;

CREATE TRIGGER accounts_profile_listed AFTER UPDATE OF is_active ON accounts WHEN OLD.is_active <> NEW.is_active
BEGIN
  UPDATE matrimony_profiles SET is_listed = NEW.is_active WHERE account_id = NEW.id;
END;
CREATE TRIGGER matrimony_profiles_added AFTER INSERT ON matrimony_profiles WHEN NEW.is_listed = 1
BEGIN
  INSERT INTO list_buckets VALUES ('profiles', 1, NEW.account_id >> 8, 1), ('profiles', 2, NEW.account_id >> 16, 1)
  ON CONFLICT DO UPDATE SET members = members + 1;
END;
CREATE TRIGGER matrimony_profiles_relisted AFTER UPDATE OF is_listed ON matrimony_profiles WHEN OLD.is_listed <> NEW.is_listed
BEGIN
  INSERT INTO list_buckets
  SELECT 'profiles', column1, column2, NEW.is_listed - OLD.is_listed
  FROM (VALUES (1, NEW.account_id >> 8), (2, NEW.account_id >> 16)) WHERE true
  ON CONFLICT DO UPDATE SET members = members + excluded.members;
END;
CREATE TRIGGER matrimony_profiles_removed AFTER DELETE ON matrimony_profiles WHEN OLD.is_listed = 1
BEGIN
  UPDATE list_buckets SET members = members - 1
  WHERE list = 'profiles' AND (level, bucket) IN (VALUES (1, OLD.account_id >> 8), (2, OLD.account_id >> 16));
END;
