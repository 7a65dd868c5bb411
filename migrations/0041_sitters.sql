-- Who has ever sat at a socket of the support chat. Most people never do: when they log out there is nobody to tell, no
-- object to wake and no row to write.
CREATE TABLE sitters (
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE
);

DROP TRIGGER credential_revoked;
CREATE TRIGGER credential_revoked AFTER DELETE ON credentials
WHEN OLD.expires_at > unixepoch() * 1000 AND EXISTS (SELECT 1 FROM sitters WHERE account_id = OLD.account_id)
BEGIN
  INSERT INTO socket_closings (account_id, at) VALUES (OLD.account_id, unixepoch() * 1000);
END;

-- Before, since what refers to an account goes with it, its place here too.
CREATE TRIGGER sitter_removed BEFORE DELETE ON accounts WHEN EXISTS (SELECT 1 FROM sitters WHERE account_id = OLD.id)
BEGIN
  INSERT INTO socket_closings (account_id, at) VALUES (OLD.id, unixepoch() * 1000);
END;
