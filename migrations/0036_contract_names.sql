-- The names with which people who moved in log in to the contract of their former server, if another account has the name as its
-- username: on the former servers, `etan` and `Etan` are two accounts, and each server had an `admin`.
CREATE TABLE contract_names (
  contract TEXT NOT NULL CHECK (contract IN ('facility', 'matrimony', 'meetups', 'mindharmony', 'recovery')),
  name TEXT NOT NULL, -- as the former server had it: compared byte by byte
  name_key TEXT NOT NULL, -- normalised like accounts.username_key: no other account may register under it
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  PRIMARY KEY (contract, name)
) WITHOUT ROWID;
CREATE UNIQUE INDEX contract_names_by_account ON contract_names (account_id, contract);
CREATE INDEX contract_names_by_key ON contract_names (name_key);
-- After a change of the username, the new one applies in every contract.
CREATE TRIGGER contract_names_after_renaming AFTER UPDATE OF username_key ON accounts
WHEN new.username_key <> old.username_key BEGIN
  DELETE FROM contract_names WHERE account_id = new.id;
END;
