-- Cases of creators against what was decided about them.
CREATE TABLE appeal (
    seq {{identity}},
    matter_key TEXT {{collate_c}} NOT NULL,
    creator TEXT {{collate_c}} NOT NULL,
    matter TEXT NOT NULL,
    program TEXT {{collate_c}} NOT NULL,
    day TEXT NOT NULL,
    work TEXT {{collate_c}} NOT NULL,
    about {{int8}} NOT NULL,
    state TEXT {{collate_c}} NOT NULL,
    instance {{int8}} NOT NULL CHECK (instance > 0),
    receipt TEXT NOT NULL,
    receipt_digest {{blob}} NOT NULL,
    words TEXT NOT NULL,
    filed_by TEXT NOT NULL,
    priority {{int8}} NOT NULL,
    escalated {{int8}} NOT NULL,
    due_us {{int8}} NOT NULL,
    claimed_by TEXT NOT NULL,
    claimed_us {{int8}},
    decided_by TEXT NOT NULL,
    decided_us {{int8}},
    codes TEXT NOT NULL,
    answer TEXT NOT NULL,
    remedy TEXT NOT NULL,
    created_us {{int8}} NOT NULL,
    changed_us {{int8}} NOT NULL
) {{strict}};
-- One case is open per matter.
CREATE UNIQUE INDEX appeal_open ON appeal (matter_key) WHERE state IN ('filed', 'in_review');
CREATE INDEX appeal_matter ON appeal (matter_key, seq);
CREATE INDEX appeal_creator ON appeal (creator, seq);
CREATE INDEX appeal_state ON appeal (state, priority, seq);
CREATE INDEX appeal_created ON appeal (created_us);

CREATE TABLE appeal_message (
    seq {{identity}},
    appeal {{int8}} NOT NULL REFERENCES appeal (seq),
    author TEXT NOT NULL,
    body TEXT NOT NULL,
    recorded_us {{int8}} NOT NULL
) {{strict}};
CREATE INDEX appeal_message_of ON appeal_message (appeal, seq);

-- Evidence: the bytes are a file of the lake.
CREATE TABLE attachment (
    seq {{identity}},
    appeal {{int8}} NOT NULL REFERENCES appeal (seq),
    name TEXT NOT NULL,
    media TEXT NOT NULL,
    bytes {{int8}} NOT NULL,
    digest {{blob}} NOT NULL,
    path TEXT NOT NULL,
    added_by TEXT NOT NULL,
    recorded_us {{int8}} NOT NULL
) {{strict}};
CREATE INDEX attachment_of ON attachment (appeal, seq);

-- What wrong verdicts took, day by day: what would have been paid less what was.
CREATE TABLE backpay (
    seq {{identity}},
    appeal {{int8}} NOT NULL REFERENCES appeal (seq),
    program TEXT {{collate_c}} NOT NULL,
    creator TEXT {{collate_c}} NOT NULL,
    day TEXT {{collate_c}} NOT NULL,
    asset TEXT NOT NULL,
    due {{int8}} NOT NULL,
    amount {{int8}} NOT NULL CHECK (amount >= 0),
    state TEXT {{collate_c}} NOT NULL CHECK (state IN ('held', 'paid')),
    recorded_us {{int8}} NOT NULL,
    paid_us {{int8}},
    CONSTRAINT backpay_once UNIQUE (appeal, program, creator, day)
) {{strict}};
CREATE INDEX backpay_creator ON backpay (creator, seq);
CREATE INDEX backpay_state ON backpay (state, seq);
