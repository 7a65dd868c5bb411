-- What somebody who was named as an emergency contact has answered. It is known by digests of their addresses, and apart from
-- the contact: who has declined hears nothing more from this account, also when they are entered again.
CREATE TABLE contact_answers (
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  address TEXT NOT NULL, -- a digest of the account's id and an e-mail address or a phone number
  answer TEXT NOT NULL CHECK (answer IN ('asked', 'agreed', 'declined')),
  asked_at INTEGER NOT NULL,
  answered_at INTEGER,
  PRIMARY KEY (account_id, address)
) WITHOUT ROWID;

-- Digests of the same kind; '' for an address that the contact does not have.
ALTER TABLE emergency_contacts ADD COLUMN email_digest TEXT NOT NULL DEFAULT '';
ALTER TABLE emergency_contacts ADD COLUMN phone_digest TEXT NOT NULL DEFAULT '';
