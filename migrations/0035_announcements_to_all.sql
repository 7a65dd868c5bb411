-- An announcement to all members is one row, however many members there are: one statement that writes a row for each of
-- hundreds of thousands would fail. The lists join it when they are read. Rows of `notifications` from before stay as they are.
--
-- Every account that had no flags and was active at the time receives it: those up to `newest_account_id`, except during
-- their gaps.
ALTER TABLE announcements ADD COLUMN kind TEXT CHECK (kind IN ('bulk', 'master', 'subscription')); -- NULL: its receivers have rows in notifications
ALTER TABLE announcements ADD COLUMN notification_id INTEGER; -- the id of the notification, the same for all receivers
ALTER TABLE announcements ADD COLUMN newest_account_id INTEGER; -- the highest id that an account has ever had by then
CREATE UNIQUE INDEX announcements_to_all ON announcements (notification_id) WHERE notification_id IS NOT NULL;
CREATE INDEX announcements_to_all_by_kind ON announcements (kind, notification_id) WHERE notification_id IS NOT NULL;
CREATE INDEX announcements_to_all_by_account ON announcements (newest_account_id, notification_id) WHERE notification_id IS NOT NULL;

-- The id comes from the sequence of notifications, so that one order holds for both. Inserting a row takes it. The row has no
-- receiver: the foreign key is checked at the end of the statement, when it is gone.
CREATE TRIGGER announcements_numbered AFTER INSERT ON announcements WHEN NEW.kind IS NOT NULL
BEGIN
  INSERT INTO notifications (receiver_id, announcement_id, kind, created_at, updated_at)
  VALUES (0, NEW.id, NEW.kind, NEW.created_at, NEW.created_at);
  UPDATE announcements
  SET notification_id = (SELECT max(id) FROM notifications),
    newest_account_id = max(
      COALESCE((SELECT max(id) FROM accounts), 0),
      COALESCE((SELECT max(newest_account_id) FROM announcements WHERE notification_id IS NOT NULL), 0))
  WHERE id = NEW.id;
  DELETE FROM notifications WHERE id = (SELECT notification_id FROM announcements WHERE id = NEW.id);
END;

-- The announcements that an account does not receive, because it was inactive or had a flag: those after `after_id`, up to
-- `until_id`. Most accounts have no gap.
CREATE TABLE announcement_gaps (
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  after_id INTEGER NOT NULL,
  until_id INTEGER, -- NULL: the account is inactive or has a flag now
  PRIMARY KEY (account_id, after_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX announcement_gaps_open ON announcement_gaps (account_id) WHERE until_id IS NULL;
INSERT INTO announcement_gaps (account_id, after_id)
SELECT id, 0 FROM accounts WHERE is_active = 0 OR is_admin + is_staff + is_superuser > 0;

CREATE TRIGGER accounts_announcement_gap_created AFTER INSERT ON accounts
WHEN NEW.is_active = 0 OR NEW.is_admin + NEW.is_staff + NEW.is_superuser > 0
BEGIN
  INSERT INTO announcement_gaps (account_id, after_id)
  SELECT NEW.id, COALESCE(max(notification_id), 0) FROM announcements WHERE notification_id IS NOT NULL;
END;

CREATE TRIGGER accounts_announcement_gap_opened AFTER UPDATE OF is_active, is_admin, is_staff, is_superuser ON accounts
WHEN (OLD.is_active = 1 AND OLD.is_admin + OLD.is_staff + OLD.is_superuser = 0)
  AND NOT (NEW.is_active = 1 AND NEW.is_admin + NEW.is_staff + NEW.is_superuser = 0)
BEGIN
  INSERT INTO announcement_gaps (account_id, after_id)
  SELECT NEW.id, COALESCE(max(notification_id), 0) FROM announcements WHERE notification_id IS NOT NULL;
END;

-- A gap in which nothing was announced is deleted, so an account has at most as many as there are announcements.
CREATE TRIGGER accounts_announcement_gap_closed AFTER UPDATE OF is_active, is_admin, is_staff, is_superuser ON accounts
WHEN NOT (OLD.is_active = 1 AND OLD.is_admin + OLD.is_staff + OLD.is_superuser = 0)
  AND NEW.is_active = 1 AND NEW.is_admin + NEW.is_staff + NEW.is_superuser = 0
BEGIN
  UPDATE announcement_gaps
  SET until_id = (SELECT COALESCE(max(notification_id), 0) FROM announcements WHERE notification_id IS NOT NULL)
  WHERE account_id = NEW.id AND until_id IS NULL;
  DELETE FROM announcement_gaps WHERE account_id = NEW.id AND until_id = after_id;
END;

-- Which announcements an account has read.
CREATE TABLE announcement_reads (
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  notification_id INTEGER NOT NULL, -- also that of a notification of the same kind that has a row of its own
  kind TEXT NOT NULL CHECK (kind IN ('bulk', 'master', 'subscription')),
  read_through INTEGER, -- all of this kind up to this id are read, so that a list of unread ones begins there; NULL: not known
  read_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, notification_id)
) WITHOUT ROWID;
CREATE INDEX announcement_reads_through ON announcement_reads (account_id, kind, read_through) WHERE read_through IS NOT NULL;
