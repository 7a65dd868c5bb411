-- A search by prefix must return the oldest accounts first, too. An index on the names cannot do that without reading and
-- sorting all accounts with the prefix. So this table stores every prefix of every name together with the account id: a
-- page of a search is one range of the primary key, however many people there are. It costs about twenty short rows per
-- person. Prefixes have at most 32 characters; a longer search reads all accounts that share the first 32.
CREATE TABLE name_prefixes (
  prefix TEXT NOT NULL,
  account_id INTEGER NOT NULL,
  PRIMARY KEY (prefix, account_id)
) WITHOUT ROWID;

-- All five contracts change names, so triggers maintain the table. lower() handles only A to Z; usernames are lowercased already.
CREATE VIEW account_name_prefixes AS
SELECT DISTINCT accounts.id AS account_id, substr(name.value, 1, letters.value) AS prefix
FROM accounts,
  json_each(json_array(accounts.username_key, lower(accounts.first_name), lower(accounts.last_name))) AS name,
  json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32]') AS letters
WHERE accounts.is_active = 1 AND letters.value <= length(name.value);

CREATE TRIGGER name_prefixes_after_insert AFTER INSERT ON accounts
BEGIN
  INSERT INTO name_prefixes (prefix, account_id)
  SELECT prefix, account_id FROM account_name_prefixes WHERE account_id = NEW.id;
END;
CREATE TRIGGER name_prefixes_before_update BEFORE UPDATE OF username_key, first_name, last_name, is_active ON accounts
BEGIN
  DELETE FROM name_prefixes
  WHERE account_id = OLD.id AND prefix IN (SELECT prefix FROM account_name_prefixes WHERE account_id = OLD.id);
END;
CREATE TRIGGER name_prefixes_after_update AFTER UPDATE OF username_key, first_name, last_name, is_active ON accounts
BEGIN
  INSERT INTO name_prefixes (prefix, account_id)
  SELECT prefix, account_id FROM account_name_prefixes WHERE account_id = NEW.id;
END;
CREATE TRIGGER name_prefixes_before_delete BEFORE DELETE ON accounts
BEGIN
  DELETE FROM name_prefixes
  WHERE account_id = OLD.id AND prefix IN (SELECT prefix FROM account_name_prefixes WHERE account_id = OLD.id);
END;
