-- Some lists have page numbers and a total count. The cost of both must not grow with the list. So triggers maintain how
-- many members of a list have an id in each bucket of 256 ids (level 1) and of 65,536 ids (level 2). A query finds the start
-- of a page through the two levels. The lists: `users` (accounts without flags), `active-users`, and
-- `profiles` (0014).
CREATE TABLE list_buckets (
  list TEXT NOT NULL,
  level INTEGER NOT NULL,
  bucket INTEGER NOT NULL,
  members INTEGER NOT NULL,
  PRIMARY KEY (list, level, bucket)
) WITHOUT ROWID;

CREATE INDEX accounts_users ON accounts (id) WHERE is_admin = 0 AND is_staff = 0 AND is_superuser = 0;
CREATE INDEX accounts_active_users ON accounts (id) WHERE is_active = 1 AND is_admin = 0 AND is_staff = 0 AND is_superuser = 0;
CREATE INDEX accounts_inactive_users ON accounts (id) WHERE is_active = 0 AND is_admin = 0 AND is_staff = 0 AND is_superuser = 0;

CREATE TRIGGER accounts_listed AFTER INSERT ON accounts
WHEN NEW.is_admin = 0 AND NEW.is_staff = 0 AND NEW.is_superuser = 0
BEGIN
  INSERT INTO list_buckets VALUES ('users', 1, NEW.id >> 8, 1), ('users', 2, NEW.id >> 16, 1),
    ('active-users', 1, NEW.id >> 8, NEW.is_active), ('active-users', 2, NEW.id >> 16, NEW.is_active)
  ON CONFLICT DO UPDATE SET members = members + excluded.members;
END;

CREATE TRIGGER accounts_relisted AFTER UPDATE OF is_active, is_admin, is_staff, is_superuser ON accounts
WHEN OLD.is_active <> NEW.is_active OR OLD.is_admin + OLD.is_staff + OLD.is_superuser <> NEW.is_admin + NEW.is_staff + NEW.is_superuser
BEGIN
  INSERT INTO list_buckets
  SELECT 'users', column1, column2,
    (NEW.is_admin + NEW.is_staff + NEW.is_superuser = 0) - (OLD.is_admin + OLD.is_staff + OLD.is_superuser = 0)
  FROM (VALUES (1, NEW.id >> 8), (2, NEW.id >> 16)) WHERE true
  ON CONFLICT DO UPDATE SET members = members + excluded.members;
  INSERT INTO list_buckets
  SELECT 'active-users', column1, column2,
    (NEW.is_active = 1 AND NEW.is_admin + NEW.is_staff + NEW.is_superuser = 0) - (OLD.is_active = 1 AND OLD.is_admin + OLD.is_staff + OLD.is_superuser = 0)
  FROM (VALUES (1, NEW.id >> 8), (2, NEW.id >> 16)) WHERE true
  ON CONFLICT DO UPDATE SET members = members + excluded.members;
END;

CREATE TRIGGER accounts_unlisted AFTER DELETE ON accounts
WHEN OLD.is_admin = 0 AND OLD.is_staff = 0 AND OLD.is_superuser = 0
BEGIN
  UPDATE list_buckets SET members = members - 1 WHERE list = 'users' AND (level, bucket) IN (VALUES (1, OLD.id >> 8), (2, OLD.id >> 16));
  UPDATE list_buckets SET members = members - OLD.is_active
  WHERE list = 'active-users' AND (level, bucket) IN (VALUES (1, OLD.id >> 8), (2, OLD.id >> 16));
END;
