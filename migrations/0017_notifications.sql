-- A text that goes to many accounts is stored once. Each receiver has a small row in `notifications`.
CREATE TABLE announcements (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  title TEXT NOT NULL,
  content TEXT NOT NULL,
  about TEXT UNIQUE, -- unique key of an announcement that must not be sent twice
  created_at INTEGER NOT NULL
);
CREATE TABLE notifications (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  receiver_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  announcement_id INTEGER NOT NULL REFERENCES announcements (id),
  kind TEXT NOT NULL CHECK (kind IN ('unread', 'match', 'bulk', 'master', 'reminder', 'subscription')),
  is_read INTEGER NOT NULL DEFAULT 0 CHECK (is_read IN (0, 1)),
  amount INTEGER NOT NULL DEFAULT 0, -- kind 'unread': the number of messages, which replaces {n} in the text
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
);
CREATE INDEX notifications_by_receiver ON notifications (receiver_id, id);
CREATE INDEX notifications_unread ON notifications (receiver_id, id) WHERE is_read = 0;
CREATE INDEX notifications_by_kind ON notifications (receiver_id, kind, id);
CREATE INDEX notifications_new_plans ON notifications (receiver_id, kind, id) WHERE kind = 'subscription' AND is_read = 0;
-- While an account has unread messages, it has exactly one unread notification about them.
CREATE UNIQUE INDEX notifications_one_alert ON notifications (receiver_id) WHERE kind = 'unread' AND is_read = 0;
-- An account is reminded only once of each end date of a plan.
CREATE UNIQUE INDEX notifications_one_reminder ON notifications (announcement_id, receiver_id) WHERE kind = 'reminder';

-- The text of all unread notifications. The trigger in 0018 looks it up by its key.
INSERT INTO announcements (title, content, about, created_at)
VALUES ('Unread Messages Alert', 'You have {n} unread messages.', 'unread', 0);
