-- Whom an announcement names, and who created a cancelled plan: a block deletes what the two members have of each other. An
-- announcement stays when the account that it names is erased, so its column is no foreign key.
ALTER TABLE announcements ADD COLUMN subject_id INTEGER;
ALTER TABLE cancelled_plans ADD COLUMN creator_id INTEGER REFERENCES accounts (id) ON DELETE CASCADE;
CREATE INDEX cancelled_plans_by_creator ON cancelled_plans (creator_id);
