-- Who looked at or changed what concerns an account: see src/model/audit.ts. Accounts are named by id, without foreign keys:
-- an entry outlives the accounts that it names. It contains no value that was read or written.
CREATE TABLE audit_entries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  action TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('anyone', 'member', 'staff', 'operator', 'system')), -- as what the actor acted
  actor_id INTEGER, -- NULL unless an account acted
  credential_id TEXT,
  address TEXT, -- the client's IP address; NULL outside of a request
  subject_id INTEGER, -- the account that it is about; NULL: all accounts, or an unknown one
  detail TEXT NOT NULL DEFAULT ''
);
CREATE INDEX audit_entries_by_subject ON audit_entries (subject_id, id);
CREATE INDEX audit_entries_by_actor ON audit_entries (actor_id, id);
CREATE INDEX audit_entries_by_age ON audit_entries (at);

-- Entries are only added. The sweep deletes those that are older than AUDIT_DAYS, which is at least 30 days: younger ones
-- cannot be deleted by any statement.
CREATE TRIGGER audit_entries_never_change BEFORE UPDATE ON audit_entries
BEGIN
  SELECT RAISE(ABORT, 'entries of the audit trail are never changed');
END;
CREATE TRIGGER audit_entries_stay BEFORE DELETE ON audit_entries WHEN OLD.at > (unixepoch() - 30 * 86400) * 1000
BEGIN
  SELECT RAISE(ABORT, 'entries of the audit trail are kept for 30 days at least');
END;
-- INSERT OR REPLACE deletes a row without running the trigger above.
CREATE TRIGGER audit_entries_not_replaced BEFORE INSERT ON audit_entries WHEN EXISTS (SELECT 1 FROM audit_entries WHERE id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'entries of the audit trail are never replaced');
END;
