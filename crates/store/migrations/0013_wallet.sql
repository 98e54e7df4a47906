-- Wallets whose owner was told that they sleep; swept when what was available became unclaimed.
CREATE TABLE dormant (
    creator TEXT {{collate_c}} NOT NULL PRIMARY KEY,
    told_us {{int8}} NOT NULL,
    due_us {{int8}} NOT NULL,
    swept_us {{int8}}
) {{strict}};
CREATE INDEX dormant_due ON dormant (swept_us, due_us);

-- What the platform answered of whose an account is: empty until it did.
ALTER TABLE method ADD COLUMN owner TEXT NOT NULL DEFAULT '';
