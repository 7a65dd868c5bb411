-- The devices on which staff are notified. A device belongs to one log-in: it is forgotten when that ends.
CREATE TABLE push_subscriptions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  credential_id TEXT NOT NULL REFERENCES credentials (id) ON DELETE CASCADE,
  endpoint TEXT NOT NULL UNIQUE,
  p256dh TEXT NOT NULL, -- the device's public key
  auth TEXT NOT NULL, -- a secret of the device, to encrypt with
  created_at INTEGER NOT NULL
);
CREATE INDEX push_subscriptions_by_account ON push_subscriptions (account_id, id);
CREATE INDEX push_subscriptions_by_credential ON push_subscriptions (credential_id);
