-- Messages between two members. They are listed as inbox (all, unread, read), as sent messages, and as a conversation.
CREATE TABLE direct_messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  sender_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  receiver_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  content TEXT NOT NULL,
  is_read INTEGER NOT NULL DEFAULT 0 CHECK (is_read IN (0, 1)),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK (sender_id <> receiver_id)
);
CREATE INDEX direct_messages_received ON direct_messages (receiver_id, id);
CREATE INDEX direct_messages_unread ON direct_messages (receiver_id, id) WHERE is_read = 0;
CREATE INDEX direct_messages_read ON direct_messages (receiver_id, id) WHERE is_read = 1;
CREATE INDEX direct_messages_sent ON direct_messages (sender_id, id);
CREATE INDEX direct_messages_between ON direct_messages (min(sender_id, receiver_id), max(sender_id, receiver_id), id);

-- An unread message creates the unread notification of its receiver, or counts in it, in the same statement as the message.
CREATE TRIGGER direct_messages_alert AFTER INSERT ON direct_messages WHEN NEW.is_read = 0
BEGIN
  INSERT INTO notifications (receiver_id, announcement_id, kind, amount, created_at, updated_at)
  SELECT NEW.receiver_id, id, 'unread', 1, NEW.created_at, NEW.created_at FROM announcements WHERE about = 'unread'
  ON CONFLICT (receiver_id) WHERE kind = 'unread' AND is_read = 0 DO UPDATE SET amount = amount + 1, updated_at = NEW.created_at;
END;
