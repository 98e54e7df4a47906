ALTER TABLE creator_version ADD COLUMN account_type_since TEXT;
ALTER TABLE creator_version ADD COLUMN violations TEXT;
ALTER TABLE creator_version ADD COLUMN category TEXT;
ALTER TABLE creator_version ADD COLUMN agency TEXT;
ALTER TABLE creator_version ADD COLUMN account_groups TEXT;
ALTER TABLE creator_version ADD COLUMN app_client TEXT;
ALTER TABLE creator_version ADD COLUMN app_version TEXT;
ALTER TABLE creator_version ADD COLUMN synced TEXT;
ALTER TABLE creator_version ADD COLUMN founded TEXT;
ALTER TABLE creator_version ADD COLUMN papers {{int8}};

-- The creators of one agency.
CREATE INDEX creator_version_agency ON creator_version (agency);

-- The works of one creator.
CREATE INDEX work_version_creator ON work_version (creator);

-- What came of each creator in each program, step by step: never changed, only added to.
CREATE TABLE membership_event (
    seq {{identity}},
    program TEXT {{collate_c}} NOT NULL,
    creator TEXT {{collate_c}} NOT NULL,
    state TEXT {{collate_c}} NOT NULL,
    day TEXT {{collate_c}} NOT NULL,
    facts TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    recorded_us {{int8}} NOT NULL
) {{strict}};
CREATE INDEX membership_event_creator ON membership_event (program, creator, seq);
CREATE INDEX membership_event_of ON membership_event (creator, seq);

-- The last of them, to find members by state.
CREATE TABLE membership (
    program TEXT {{collate_c}} NOT NULL,
    creator TEXT {{collate_c}} NOT NULL,
    state TEXT {{collate_c}} NOT NULL,
    day TEXT {{collate_c}} NOT NULL,
    facts TEXT NOT NULL,
    seq {{int8}} NOT NULL,
    PRIMARY KEY (program, creator)
) {{strict}};
CREATE INDEX membership_state ON membership (program, state, creator);
CREATE INDEX membership_creator ON membership (creator, program);

CREATE TABLE review (
    seq {{identity}},
    program TEXT {{collate_c}} NOT NULL,
    creator TEXT {{collate_c}} NOT NULL,
    state TEXT {{collate_c}} NOT NULL,
    priority {{int8}} NOT NULL,
    due_us {{int8}} NOT NULL,
    escalate_us {{int8}} NOT NULL,
    escalated {{int8}} NOT NULL,
    second {{int8}} NOT NULL,
    claimed_by TEXT NOT NULL,
    claimed_us {{int8}},
    works TEXT NOT NULL,
    created_us {{int8}} NOT NULL,
    decided_us {{int8}}
) {{strict}};
CREATE INDEX review_queue ON review (state, priority, due_us, seq);
CREATE INDEX review_subject ON review (program, creator, seq);

-- What each reviewer found.
CREATE TABLE opinion (
    seq {{identity}},
    review {{int8}} NOT NULL,
    reviewer TEXT {{collate_c}} NOT NULL,
    verdict TEXT NOT NULL,
    reasons TEXT NOT NULL,
    grades TEXT NOT NULL,
    remark TEXT NOT NULL,
    recorded_us {{int8}} NOT NULL,
    CONSTRAINT opinion_reviewer UNIQUE (review, reviewer)
) {{strict}};

-- Business calendars: holidays, worked weekends, other weekends, the operator's own closures.
CREATE TABLE calendar_day (
    calendar TEXT {{collate_c}} NOT NULL,
    day TEXT {{collate_c}} NOT NULL,
    mark TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (calendar, day, mark)
) {{strict}};
