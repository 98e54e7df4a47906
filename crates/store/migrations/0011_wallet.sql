-- The terms of wallets, version by version.
CREATE TABLE terms (
    version {{int8}} NOT NULL PRIMARY KEY CHECK (version > 0),
    digest {{blob}} NOT NULL,
    document TEXT NOT NULL,
    published_us {{int8}} NOT NULL
) {{strict}};

-- Which runs' money is drawable.
CREATE TABLE release (
    program TEXT {{collate_c}} NOT NULL,
    day TEXT {{collate_c}} NOT NULL,
    number {{int8}} NOT NULL,
    recorded_us {{int8}} NOT NULL,
    PRIMARY KEY (program, day, number)
) {{strict}};

-- The key that a person's details are sealed with, itself sealed; gone when he is forgotten.
CREATE TABLE person_key (
    person TEXT {{collate_c}} NOT NULL PRIMARY KEY,
    sealed {{blob}} NOT NULL,
    created_us {{int8}} NOT NULL
) {{strict}};

-- Who a creator is by law, his tax forms, and whether he is on a sanctions list.
CREATE TABLE identity (
    creator TEXT {{collate_c}} NOT NULL PRIMARY KEY,
    country TEXT NOT NULL,
    name {{blob}} NOT NULL,
    forms TEXT NOT NULL,
    screened TEXT NOT NULL CHECK (screened IN ('', 'clear', 'listed')),
    screened_us {{int8}},
    changed_us {{int8}} NOT NULL
) {{strict}};

-- What a creator wishes of his wallet.
CREATE TABLE wallet (
    creator TEXT {{collate_c}} NOT NULL PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    schedule TEXT NOT NULL,
    changed_us {{int8}} NOT NULL
) {{strict}};

CREATE TABLE method (
    seq {{identity}},
    creator TEXT {{collate_c}} NOT NULL,
    kind TEXT NOT NULL,
    country TEXT NOT NULL,
    label TEXT NOT NULL,
    sealed {{blob}} NOT NULL,
    fingerprint {{blob}} NOT NULL,
    name TEXT NOT NULL CHECK (name IN ('same', 'close', 'different', 'unknown')),
    confirmed_by TEXT NOT NULL,
    created_us {{int8}} NOT NULL,
    usable_us {{int8}} NOT NULL,
    removed_us {{int8}}
) {{strict}};
CREATE INDEX method_creator ON method (creator, seq);
CREATE INDEX method_fingerprint ON method (fingerprint);

-- Money that is held, or, with an amount of nought, a whole wallet.
CREATE TABLE hold (
    seq {{identity}},
    creator TEXT {{collate_c}} NOT NULL,
    asset TEXT NOT NULL,
    amount {{int8}} NOT NULL CHECK (amount >= 0),
    reason TEXT NOT NULL,
    note TEXT NOT NULL,
    made_by TEXT NOT NULL,
    created_us {{int8}} NOT NULL,
    until_us {{int8}},
    released_us {{int8}},
    released_by TEXT NOT NULL,
    told {{int8}} NOT NULL
) {{strict}};
CREATE INDEX hold_creator ON hold (creator, seq);
CREATE INDEX hold_open ON hold (released_us, until_us);

CREATE TABLE reserve (
    seq {{identity}},
    creator TEXT {{collate_c}} NOT NULL,
    asset TEXT NOT NULL,
    amount {{int8}} NOT NULL CHECK (amount > 0),
    occasion TEXT NOT NULL,
    due_us {{int8}} NOT NULL,
    released_us {{int8}}
) {{strict}};
CREATE INDEX reserve_due ON reserve (released_us, due_us);

CREATE TABLE rate (
    source TEXT {{collate_c}} NOT NULL,
    day TEXT {{collate_c}} NOT NULL,
    rates TEXT NOT NULL,
    recorded_us {{int8}} NOT NULL,
    PRIMARY KEY (source, day)
) {{strict}};

CREATE TABLE payout_batch (
    seq {{identity}},
    state TEXT NOT NULL CHECK (state IN ('open', 'approved', 'handed-over', 'discarded')),
    rail TEXT NOT NULL,
    account TEXT {{collate_c}} NOT NULL,
    asset TEXT NOT NULL,
    payouts {{int8}} NOT NULL CHECK (payouts > 0),
    net {{int8}} NOT NULL CHECK (net > 0),
    executed TEXT {{collate_c}} NOT NULL,
    terms {{int8}} NOT NULL REFERENCES terms (version),
    digest {{blob}} NOT NULL,
    file TEXT NOT NULL,
    file_digest {{blob}},
    made_by TEXT NOT NULL,
    created_us {{int8}} NOT NULL,
    changed_us {{int8}} NOT NULL
) {{strict}};

CREATE TABLE payout (
    seq {{identity}},
    payout_key TEXT {{collate_c}} NOT NULL,
    origin TEXT {{collate_c}} NOT NULL,
    creator TEXT {{collate_c}} NOT NULL,
    state TEXT {{collate_c}} NOT NULL,
    asset TEXT NOT NULL,
    amount {{int8}} NOT NULL CHECK (amount > 0),
    rail TEXT NOT NULL,
    account TEXT {{collate_c}} NOT NULL,
    method {{int8}} NOT NULL REFERENCES method (seq),
    paid_asset TEXT NOT NULL,
    gross {{int8}} NOT NULL CHECK (gross > 0),
    tax {{int8}} NOT NULL CHECK (tax >= 0),
    tax_country TEXT NOT NULL,
    fee {{int8}} NOT NULL CHECK (fee >= 0),
    net {{int8}} NOT NULL CHECK (net > 0),
    quote TEXT NOT NULL,
    batch {{int8}},
    reference TEXT {{collate_c}} NOT NULL,
    reason TEXT NOT NULL,
    created_us {{int8}} NOT NULL,
    ready_us {{int8}} NOT NULL,
    changed_us {{int8}} NOT NULL,
    CONSTRAINT payout_key_once UNIQUE (payout_key),
    CONSTRAINT payout_origin_once UNIQUE (origin),
    CONSTRAINT payout_adds_up CHECK (gross = tax + fee + net)
) {{strict}};
CREATE INDEX payout_creator ON payout (creator, seq);
CREATE INDEX payout_state ON payout (state, seq);
CREATE INDEX payout_batch_of ON payout (batch, seq);
CREATE INDEX payout_reference ON payout (reference);

-- What came of each payout: never changed, only added to.
CREATE TABLE payout_step (
    seq {{identity}},
    payout {{int8}} NOT NULL REFERENCES payout (seq),
    state TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    reference TEXT NOT NULL,
    recorded_us {{int8}} NOT NULL
) {{strict}};
CREATE INDEX payout_step_of ON payout_step (payout, seq);

-- Reports of banks and providers, each once.
CREATE TABLE rail_report (
    seq {{identity}},
    digest {{blob}} NOT NULL,
    kind TEXT NOT NULL,
    account TEXT NOT NULL,
    source TEXT NOT NULL,
    entries {{int8}} NOT NULL,
    changed {{int8}} NOT NULL,
    differences {{int8}} NOT NULL,
    recorded_us {{int8}} NOT NULL,
    recorded_by TEXT NOT NULL,
    CONSTRAINT rail_report_once UNIQUE (digest)
) {{strict}};

-- What providers called about, each once.
CREATE TABLE rail_event (
    rail TEXT {{collate_c}} NOT NULL,
    event TEXT {{collate_c}} NOT NULL,
    kind TEXT NOT NULL,
    recorded_us {{int8}} NOT NULL,
    PRIMARY KEY (rail, event)
) {{strict}};

-- What a report says and the ledger does not, or the other way round: for people.
CREATE TABLE difference (
    seq {{identity}},
    once TEXT {{collate_c}} NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    facts TEXT NOT NULL,
    created_us {{int8}} NOT NULL,
    resolved_us {{int8}},
    resolved_by TEXT NOT NULL,
    resolution TEXT NOT NULL,
    CONSTRAINT difference_once UNIQUE (once)
) {{strict}};
