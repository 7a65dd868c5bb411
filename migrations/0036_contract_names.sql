-- The names with which people log in to the contract they came from, where the username of their account is another one,
-- because somebody else has it: the former servers told `etan` from `Etan`, and each had an `admin`.
CREATE TABLE contract_names (
  contract TEXT NOT NULL CHECK (contract IN ('facility', 'matrimony', 'meetups', 'mindharmony', 'recovery')),
  name TEXT NOT NULL, -- as the former server had it: compared byte by byte
  name_key TEXT NOT NULL, -- normalised like accounts.username_key: nobody else may register under it
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  PRIMARY KEY (contract, name)
) WITHOUT ROWID;
CREATE UNIQUE INDEX contract_names_by_account ON contract_names (account_id, contract);
CREATE INDEX contract_names_by_key ON contract_names (name_key);
-- Who chooses another username has that one in every contract.
CREATE TRIGGER contract_names_after_renaming AFTER UPDATE OF username_key ON accounts
WHEN new.username_key <> old.username_key BEGIN
  DELETE FROM contract_names WHERE account_id = new.id;
END;
