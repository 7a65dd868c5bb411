-- How the facility app shows its pages to this person.
ALTER TABLE facility_profiles ADD COLUMN theme TEXT NOT NULL DEFAULT 'light' CHECK (theme IN ('light', 'dark', 'high-contrast'));
ALTER TABLE facility_profiles ADD COLUMN text_size TEXT NOT NULL DEFAULT 'txt-base' CHECK (text_size IN ('txt-sm', 'txt-base', 'txt-lg', 'txt-xl'));
