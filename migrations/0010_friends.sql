-- Friend requests and friendships: one record per pair of people, whichever of them sends the request.
CREATE TABLE friend_records (
  id TEXT PRIMARY KEY CHECK (length(id) = 24),
  sender_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  receiver_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'accepted', 'rejected')),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  low_id INTEGER GENERATED ALWAYS AS (min(sender_id, receiver_id)) VIRTUAL, -- identifies the pair, whichever of them is the sender
  high_id INTEGER GENERATED ALWAYS AS (max(sender_id, receiver_id)) VIRTUAL,
  CHECK (sender_id <> receiver_id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX friend_records_by_pair ON friend_records (low_id, high_id);
CREATE INDEX friend_records_of_sender ON friend_records (sender_id, status, id, receiver_id);
CREATE INDEX friend_records_of_receiver ON friend_records (receiver_id, status, id, sender_id);

-- How many requests an account has sent in the hour that starts at `since`.
CREATE TABLE friend_request_counts (
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  since INTEGER NOT NULL,
  requests INTEGER NOT NULL
);
