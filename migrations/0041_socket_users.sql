-- Accounts that have ever opened a WebSocket of the support chat. Most accounts never do: for these, a log-out does not
-- need to notify a Durable Object or write a row.
CREATE TABLE socket_users (
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE
);

DROP TRIGGER credential_revoked;
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
