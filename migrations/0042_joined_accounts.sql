-- Two accounts of one person can be joined: then the rows of one get the id of the other. The triggers of 0014 count a profile when
-- it is added, removed, listed or hidden, and not when it gets another id.
CREATE TRIGGER matrimony_profiles_joined AFTER UPDATE OF account_id ON matrimony_profiles WHEN NEW.is_listed = 1
BEGIN
  UPDATE list_buckets SET members = members - 1
  WHERE list = 'profiles' AND (level, bucket) IN (VALUES (1, OLD.account_id >> 8), (2, OLD.account_id >> 16));
  INSERT INTO list_buckets VALUES ('profiles', 1, NEW.account_id >> 8, 1), ('profiles', 2, NEW.account_id >> 16, 1)
  ON CONFLICT DO UPDATE SET members = members + 1;
END;

-- An announcement that names one of the two then names the other one, so that a later block finds it.
CREATE INDEX announcements_by_subject ON announcements (subject_id) WHERE subject_id IS NOT NULL;
