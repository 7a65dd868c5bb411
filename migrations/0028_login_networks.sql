-- From which networks an account has logged in. Locks that others cause by guessing do not apply to these.
CREATE TABLE login_networks (
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  network TEXT NOT NULL, -- a digest: the address itself is not needed
  last_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, network)
) WITHOUT ROWID;
CREATE INDEX login_networks_by_age ON login_networks (last_at);
