/** The tables of a person's room, besides those of its files, notes and automatic answers. */
export const ROOM_SCHEMA = [
  'CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID',
  // id: the same order for every reader.
  // sender_name: at the time of sending.
  // client_id: the sender's id for the message: sent twice, it is stored once.
  `CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sender_id INTEGER NOT NULL,
    sender_name TEXT NOT NULL,
    from_admin INTEGER NOT NULL,
    message TEXT NOT NULL,
    client_id TEXT,
    sent_at INTEGER NOT NULL,
    UNIQUE (sender_id, client_id)
  )`,
  // Unread messages are those that one side sent after the last one that the other side has read: a range of this index.
  'CREATE INDEX IF NOT EXISTS messages_by_side ON messages (from_admin, id, sent_at)',
  // The events that a desk has not received yet. The room summary is not stored here: it is computed when a report is sent.
  // seat_id: the id of the connection that caused the event and must not receive it back.
  // event: JSON; NULL if only the room summary has changed.
  `CREATE TABLE IF NOT EXISTS outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    desk TEXT NOT NULL,
    seat_id TEXT NOT NULL,
    event TEXT
  )`,
  'CREATE INDEX IF NOT EXISTS outbox_by_desk ON outbox (desk, seq)',
]
