-- People, oldest first, without those whose account is closed.
CREATE INDEX accounts_open ON accounts (id) WHERE is_active = 1;

-- A search by the first letters must come oldest first, too, and no index on the names themselves gives that without
-- reading and sorting everybody whose name begins so. Hence every beginning of every name, each with whom it leads to:
-- a page of a search is one range of this key, however many people there are. It costs some twenty short rows a person.
-- Beginnings end at 32 letters; a longer search reads those who share that many.
CREATE TABLE name_beginnings (
  beginning TEXT NOT NULL,
  account_id INTEGER NOT NULL,
  PRIMARY KEY (beginning, account_id)
) WITHOUT ROWID;

-- All five contracts change names, so it is kept by triggers. lower() knows A to Z; usernames are folded already.
CREATE VIEW account_beginnings AS
SELECT DISTINCT accounts.id AS account_id, substr(name.value, 1, letters.value) AS beginning
FROM accounts,
  json_each(json_array(accounts.username_key, lower(accounts.first_name), lower(accounts.last_name))) AS name,
  json_each('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32]') AS letters
WHERE accounts.is_active = 1 AND letters.value <= length(name.value);

INSERT INTO name_beginnings (beginning, account_id) SELECT beginning, account_id FROM account_beginnings;

CREATE TRIGGER beginnings_of_new AFTER INSERT ON accounts
BEGIN
  INSERT INTO name_beginnings (beginning, account_id)
  SELECT beginning, account_id FROM account_beginnings WHERE account_id = NEW.id;
END;
CREATE TRIGGER beginnings_before_change BEFORE UPDATE OF username_key, first_name, last_name, is_active ON accounts
BEGIN
  DELETE FROM name_beginnings
  WHERE account_id = OLD.id AND beginning IN (SELECT beginning FROM account_beginnings WHERE account_id = OLD.id);
END;
CREATE TRIGGER beginnings_after_change AFTER UPDATE OF username_key, first_name, last_name, is_active ON accounts
BEGIN
  INSERT INTO name_beginnings (beginning, account_id)
  SELECT beginning, account_id FROM account_beginnings WHERE account_id = NEW.id;
END;
CREATE TRIGGER beginnings_of_gone BEFORE DELETE ON accounts
BEGIN
  DELETE FROM name_beginnings
  WHERE account_id = OLD.id AND beginning IN (SELECT beginning FROM account_beginnings WHERE account_id = OLD.id);
END;
