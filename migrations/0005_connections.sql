-- Accounts that have ever opened a WebSocket of the support chat. Most accounts never do: for these, a log-out does not
-- need to notify a Durable Object or write a row.
CREATE TABLE socket_users (
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE
);

-- Accounts whose open connections may have to be closed. Triggers write it at every revocation: by a request, an operator's
-- command, or a deletion. The Worker also notifies the Durable Objects directly; this table covers revocations that did not
-- go through the Worker, and notifications that were lost.
CREATE TABLE revoked_connections (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL, -- no foreign key: the account may be deleted
  revoked_at INTEGER NOT NULL
);
CREATE INDEX revoked_connections_by_age ON revoked_connections (revoked_at);

CREATE TRIGGER credential_revoked AFTER DELETE ON credentials
WHEN OLD.expires_at > unixepoch() * 1000 AND EXISTS (SELECT 1 FROM socket_users WHERE account_id = OLD.account_id)
BEGIN
  INSERT INTO revoked_connections (account_id, revoked_at) VALUES (OLD.account_id, unixepoch() * 1000);
END;

-- BEFORE, because ON DELETE CASCADE also deletes the row in socket_users.
CREATE TRIGGER socket_user_deleted BEFORE DELETE ON accounts WHEN EXISTS (SELECT 1 FROM socket_users WHERE account_id = OLD.id)
BEGIN
  INSERT INTO revoked_connections (account_id, revoked_at) VALUES (OLD.id, unixepoch() * 1000);
END;

CREATE TRIGGER account_rights_changed AFTER UPDATE OF is_active, is_admin, is_staff, is_superuser ON accounts
WHEN OLD.is_active > NEW.is_active OR OLD.is_admin > NEW.is_admin OR OLD.is_staff > NEW.is_staff OR OLD.is_superuser > NEW.is_superuser
BEGIN
  INSERT INTO revoked_connections (account_id, revoked_at) VALUES (NEW.id, unixepoch() * 1000);
END;
