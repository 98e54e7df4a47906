-- Copyright claims on works: whose money is held while they are looked at.
CREATE TABLE copyright (
    seq {{identity}},
    work TEXT {{collate_c}} NOT NULL,
    creator TEXT {{collate_c}} NOT NULL,
    claimant TEXT {{collate_c}} NOT NULL,
    share_ppm {{int8}} NOT NULL CHECK (share_ppm BETWEEN 1 AND 1000000),
    from_day TEXT {{collate_c}} NOT NULL,
    state TEXT {{collate_c}} NOT NULL CHECK (state IN ('open', 'upheld', 'rejected', 'withdrawn')),
    words TEXT NOT NULL,
    objection TEXT NOT NULL,
    filed_by TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_us {{int8}},
    answer TEXT NOT NULL,
    told {{int8}} NOT NULL,
    created_us {{int8}} NOT NULL,
    changed_us {{int8}} NOT NULL
) {{strict}};
CREATE INDEX copyright_work ON copyright (work, state);
CREATE INDEX copyright_creator ON copyright (creator, seq);
CREATE INDEX copyright_claimant ON copyright (claimant, seq);
CREATE INDEX copyright_state ON copyright (state, created_us);

-- What claims took of days: a row for each time that a day's part changed, the first being all of
-- it. The number is the run's; -1 is what was taken when the claim was filed. Rows are only added.
CREATE TABLE copyright_part (
    claim {{int8}} NOT NULL REFERENCES copyright (seq),
    program TEXT {{collate_c}} NOT NULL,
    day TEXT {{collate_c}} NOT NULL,
    number {{int8}} NOT NULL,
    asset TEXT {{collate_c}} NOT NULL,
    amount {{int8}} NOT NULL,
    recorded_us {{int8}} NOT NULL,
    PRIMARY KEY (claim, program, day, number)
) {{strict}};
CREATE INDEX copyright_part_day ON copyright_part (program, day);
