-- Accounts whose open connections may have to be closed. Triggers write it at every revocation: by a request, an operator's
-- command, or a deletion. The Worker also notifies the Durable Objects directly; this table covers revocations that did not
-- go through the Worker, and notifications that were lost.
CREATE TABLE revoked_connections (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL, -- no foreign key: the account may be deleted
  revoked_at INTEGER NOT NULL
);
CREATE INDEX revoked_connections_by_age ON revoked_connections (revoked_at);

CREATE TRIGGER credential_revoked AFTER DELETE ON credentials WHEN OLD.expires_at > unixepoch() * 1000
BEGIN
  INSERT INTO revoked_connections (account_id, revoked_at) VALUES (OLD.account_id, unixepoch() * 1000);
END;

CREATE TRIGGER account_rights_changed AFTER UPDATE OF is_active, is_admin, is_staff, is_superuser ON accounts
WHEN OLD.is_active > NEW.is_active OR OLD.is_admin > NEW.is_admin OR OLD.is_staff > NEW.is_staff OR OLD.is_superuser > NEW.is_superuser
BEGIN
  INSERT INTO revoked_connections (account_id, revoked_at) VALUES (NEW.id, unixepoch() * 1000);
END;
