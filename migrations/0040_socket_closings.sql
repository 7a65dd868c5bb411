-- Whose open sockets may have to close, written by whatever revokes: a request, an operator's command, a deletion. The
-- Worker tells the objects itself and at once; this is for what did not come through it, or was lost on the way.
CREATE TABLE socket_closings (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL, -- no reference: it may be gone
  at INTEGER NOT NULL
);
CREATE INDEX socket_closings_by_age ON socket_closings (at);

CREATE TRIGGER credential_revoked AFTER DELETE ON credentials WHEN OLD.expires_at > unixepoch() * 1000
BEGIN
  INSERT INTO socket_closings (account_id, at) VALUES (OLD.account_id, unixepoch() * 1000);
END;

CREATE TRIGGER account_rights_changed AFTER UPDATE OF is_active, is_admin, is_staff, is_superuser ON accounts
WHEN OLD.is_active > NEW.is_active OR OLD.is_admin > NEW.is_admin OR OLD.is_staff > NEW.is_staff OR OLD.is_superuser > NEW.is_superuser
BEGIN
  INSERT INTO socket_closings (account_id, at) VALUES (NEW.id, unixepoch() * 1000);
END;
