-- Links in messages that do one thing, without a log-in. The secret in the link is stored nowhere, only its digest.
CREATE TABLE one_time_links (
  digest TEXT PRIMARY KEY,
  purpose TEXT NOT NULL CHECK (purpose IN ('password', 'contact', 'alarm')),
  subject TEXT NOT NULL, -- password: who asked for it, a digest of the network
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) WITHOUT ROWID;
CREATE INDEX one_time_links_by_account ON one_time_links (account_id, purpose, created_at);
CREATE INDEX one_time_links_by_subject ON one_time_links (subject, purpose, created_at);
CREATE INDEX one_time_links_by_expiry ON one_time_links (expires_at);
