CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) {{strict}};

CREATE TABLE import (
    seq {{int8}} NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('events', 'catalog')),
    digest {{blob}} NOT NULL,
    source TEXT NOT NULL,
    rows_read {{int8}} NOT NULL,
    rows_accepted {{int8}} NOT NULL,
    rows_refused {{int8}} NOT NULL,
    recorded_us {{int8}} NOT NULL,
    CONSTRAINT import_counts CHECK (rows_read = rows_accepted + rows_refused),
    CONSTRAINT import_once UNIQUE (kind, digest)
) {{strict}};

CREATE TABLE segment (
    seq {{int8}} NOT NULL PRIMARY KEY,
    import_seq {{int8}} NOT NULL REFERENCES import (seq),
    path TEXT NOT NULL UNIQUE,
    first_us {{int8}} NOT NULL,
    last_us {{int8}} NOT NULL,
    event_count {{int8}} NOT NULL CHECK (event_count > 0),
    bytes {{int8}} NOT NULL,
    digest {{blob}} NOT NULL
) {{strict}};

CREATE TABLE work (
    work TEXT {{collate_c}} NOT NULL PRIMARY KEY,
    hash {{int8}} NOT NULL,
    CONSTRAINT work_hash UNIQUE (hash)
) {{strict}};

CREATE TABLE work_version (
    work TEXT {{collate_c}} NOT NULL REFERENCES work (work),
    effective TEXT {{collate_c}} NOT NULL,
    seq {{int8}} NOT NULL,
    creator TEXT,
    kind TEXT,
    published_us {{int8}},
    length_ms {{int8}},
    visibility TEXT,
    review TEXT,
    original {{int8}},
    infringing {{int8}},
    quality TEXT,
    has_ads {{int8}},
    commercial_order {{int8}},
    selling {{int8}},
    paid_content {{int8}},
    selected {{int8}},
    PRIMARY KEY (work, effective, seq)
) {{strict}};

CREATE TABLE creator (
    creator TEXT {{collate_c}} NOT NULL PRIMARY KEY,
    hash {{int8}} NOT NULL,
    CONSTRAINT creator_hash UNIQUE (hash)
) {{strict}};

CREATE TABLE creator_version (
    creator TEXT {{collate_c}} NOT NULL REFERENCES creator (creator),
    effective TEXT {{collate_c}} NOT NULL,
    seq {{int8}} NOT NULL,
    account TEXT,
    account_type TEXT,
    verification TEXT,
    standing TEXT,
    joined TEXT,
    last_violation TEXT,
    PRIMARY KEY (creator, effective, seq)
) {{strict}};

CREATE TABLE policy (
    program TEXT {{collate_c}} NOT NULL,
    version {{int8}} NOT NULL CHECK (version > 0),
    effective TEXT {{collate_c}} NOT NULL,
    digest {{blob}} NOT NULL,
    document TEXT NOT NULL,
    published_us {{int8}} NOT NULL,
    PRIMARY KEY (program, version)
) {{strict}};

CREATE TABLE run (
    program TEXT {{collate_c}} NOT NULL,
    day TEXT {{collate_c}} NOT NULL,
    number {{int8}} NOT NULL CHECK (number >= 0),
    policy_version {{int8}} NOT NULL,
    manifest_seq {{int8}} NOT NULL,
    catalog_seq {{int8}} NOT NULL,
    inputs_digest {{blob}} NOT NULL,
    facts_digest {{blob}} NOT NULL,
    work_days_path TEXT NOT NULL,
    work_days_digest {{blob}} NOT NULL,
    lines_path TEXT NOT NULL,
    lines_digest {{blob}} NOT NULL,
    line_count {{int8}} NOT NULL,
    paid {{int8}} NOT NULL,
    spent {{int8}} NOT NULL,
    accepted {{int8}} NOT NULL,
    created_us {{int8}} NOT NULL,
    publish_us {{int8}} NOT NULL,
    PRIMARY KEY (program, day, number),
    FOREIGN KEY (program, policy_version) REFERENCES policy (program, version)
) {{strict}};

CREATE TABLE confirmation (
    program TEXT {{collate_c}} NOT NULL,
    day TEXT {{collate_c}} NOT NULL,
    number {{int8}} NOT NULL,
    manifest_seq {{int8}} NOT NULL,
    catalog_seq {{int8}} NOT NULL,
    inputs_digest {{blob}} NOT NULL,
    PRIMARY KEY (program, day)
) {{strict}};

CREATE TABLE account (
    account TEXT {{collate_c}} NOT NULL,
    asset TEXT NOT NULL,
    overdraft {{int8}} NOT NULL CHECK (overdraft IN (0, 1)),
    debits {{int8}} NOT NULL CHECK (debits >= 0),
    credits {{int8}} NOT NULL CHECK (credits >= 0),
    PRIMARY KEY (account, asset),
    CONSTRAINT account_not_below_nought CHECK (overdraft = 1 OR credits >= debits)
) {{strict}};

CREATE TABLE batch (
    seq {{int8}} NOT NULL PRIMARY KEY,
    posting_key TEXT NOT NULL,
    previous {{blob}} NOT NULL,
    digest {{blob}} NOT NULL,
    transfer_count {{int8}} NOT NULL,
    recorded_us {{int8}} NOT NULL,
    CONSTRAINT batch_once UNIQUE (posting_key),
    CONSTRAINT batch_chain UNIQUE (previous)
) {{strict}};

CREATE TABLE transfer (
    seq {{int8}} NOT NULL PRIMARY KEY,
    batch {{int8}} NOT NULL REFERENCES batch (seq),
    transfer_id TEXT NOT NULL,
    debit TEXT NOT NULL,
    credit TEXT NOT NULL,
    asset TEXT NOT NULL,
    amount {{int8}} NOT NULL,
    program TEXT NOT NULL,
    day TEXT NOT NULL,
    run {{int8}} NOT NULL,
    CONSTRAINT transfer_once UNIQUE (transfer_id),
    CONSTRAINT transfer_positive CHECK (amount > 0),
    CONSTRAINT transfer_moves CHECK (debit <> credit)
) {{strict}};

CREATE INDEX transfer_debit ON transfer (debit);

CREATE INDEX transfer_credit ON transfer (credit);
