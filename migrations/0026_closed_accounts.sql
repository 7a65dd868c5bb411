-- The plans of closed accounts are in no list. The lists read the public plans along an index, so a plan stores whether its
-- creator is active, and the indexes hold only those plans: a list never reads the plans of a closed account.
ALTER TABLE plans ADD COLUMN is_listed INTEGER NOT NULL DEFAULT 1 CHECK (is_listed IN (0, 1)); -- copy of accounts.is_active, maintained by a trigger
UPDATE plans SET is_listed = 0 WHERE creator_id IN (SELECT id FROM accounts WHERE is_active = 0);
DROP INDEX plans_public;
DROP INDEX plans_public_by_start;
CREATE INDEX plans_public ON plans (id) WHERE visibility = 'public' AND is_listed = 1;
CREATE INDEX plans_public_by_start ON plans (start_time, id) WHERE visibility = 'public' AND is_listed = 1;

CREATE TRIGGER accounts_plans_listed AFTER UPDATE OF is_active ON accounts WHEN OLD.is_active <> NEW.is_active
BEGIN
  UPDATE plans SET is_listed = NEW.is_active WHERE creator_id = NEW.id;
END;
