ALTER TABLE creator_version ADD COLUMN country TEXT;
ALTER TABLE creator_version ADD COLUMN age {{int8}};
ALTER TABLE creator_version ADD COLUMN age_proof TEXT;
ALTER TABLE creator_version ADD COLUMN followers {{int8}};
ALTER TABLE creator_version ADD COLUMN surface TEXT;
