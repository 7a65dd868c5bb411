-- Ids of people who moved in, from their former server. The numbers of accounts need no table: src/model/contract-numbers.ts.

-- The first number that the former server of a contract has not assigned. FORMER_IDS has to be at least as large.
CREATE TABLE former_numbers (
  contract TEXT PRIMARY KEY CHECK (contract IN ('mindharmony', 'facility', 'matrimony', 'recovery')),
  next_id INTEGER NOT NULL
) WITHOUT ROWID;

-- mindharmony numbers its profiles independently of its people.
ALTER TABLE practice_profiles ADD COLUMN former_id INTEGER;
CREATE UNIQUE INDEX practice_profiles_by_former_id ON practice_profiles (former_id) WHERE former_id IS NOT NULL;

-- The newest version of facility identifies people by UUIDs, which the contract keeps showing.
ALTER TABLE facility_profiles ADD COLUMN former_uuid TEXT;
