-- Passkeys (WebAuthn) of staff: docs/adr/0020-passkeys-of-staff.md.
CREATE TABLE passkeys (
  id TEXT PRIMARY KEY CHECK (length(id) = 32),
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  webauthn_id TEXT NOT NULL UNIQUE, -- chosen by the authenticator; Base64 in the alphabet of URLs
  public_key TEXT NOT NULL, -- SPKI, in the same form
  algorithm INTEGER NOT NULL,
  sign_count INTEGER NOT NULL, -- 0: the authenticator does not count
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_used_at INTEGER
) WITHOUT ROWID;
CREATE INDEX passkeys_by_account ON passkeys (account_id, created_at, id);

-- The passkey that confirmed a log-in. When the passkey is deleted, the log-in is no longer confirmed.
ALTER TABLE credentials ADD COLUMN passkey_id TEXT REFERENCES passkeys (id) ON DELETE SET NULL;
CREATE INDEX credentials_by_passkey ON credentials (passkey_id) WHERE passkey_id IS NOT NULL;

-- The open challenge of a log-in: one at a time, deleted by the first answer.
CREATE TABLE passkey_challenges (
  credential_id TEXT PRIMARY KEY REFERENCES credentials (id) ON DELETE CASCADE,
  purpose TEXT NOT NULL CHECK (purpose IN ('add', 'confirm')),
  challenge TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;

-- The operator's permission for an account's first passkey. The code itself is not stored.
CREATE TABLE passkey_enrolments (
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  digest TEXT NOT NULL,
  expires_at INTEGER NOT NULL
);

-- The first passkey removes the rights of staff from the account's other log-ins, and deleting one from those that it confirmed.
CREATE TRIGGER passkey_added AFTER INSERT ON passkeys WHEN EXISTS (SELECT 1 FROM socket_users WHERE account_id = NEW.account_id)
BEGIN
  INSERT INTO revoked_connections (account_id, revoked_at) VALUES (NEW.account_id, unixepoch() * 1000);
END;
CREATE TRIGGER passkey_removed AFTER DELETE ON passkeys WHEN EXISTS (SELECT 1 FROM socket_users WHERE account_id = OLD.account_id)
BEGIN
  INSERT INTO revoked_connections (account_id, revoked_at) VALUES (OLD.account_id, unixepoch() * 1000);
END;
