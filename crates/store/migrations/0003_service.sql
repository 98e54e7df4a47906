CREATE TABLE answer (
    actor TEXT {{collate_c}} NOT NULL,
    command_key TEXT {{collate_c}} NOT NULL,
    kind TEXT NOT NULL,
    request {{blob}} NOT NULL,
    status {{int8}} NOT NULL,
    body TEXT NOT NULL,
    recorded_us {{int8}} NOT NULL,
    PRIMARY KEY (actor, command_key)
) {{strict}};

CREATE INDEX answer_age ON answer (kind, recorded_us);

CREATE TABLE audit (
    seq {{int8}} NOT NULL PRIMARY KEY,
    recorded_us {{int8}} NOT NULL,
    actor TEXT NOT NULL,
    command TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL,
    outcome TEXT NOT NULL,
    request {{blob}} NOT NULL,
    previous {{blob}} NOT NULL,
    digest {{blob}} NOT NULL,
    CONSTRAINT audit_chain UNIQUE (previous)
) {{strict}};

CREATE TABLE intake (
    seq {{identity}},
    actor TEXT NOT NULL,
    event_count {{int8}} NOT NULL CHECK (event_count > 0),
    events {{blob}} NOT NULL,
    creators TEXT NOT NULL,
    recorded_us {{int8}} NOT NULL
) {{strict}};

CREATE TABLE job (
    seq {{identity}},
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    once TEXT {{collate_c}} NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'dead')),
    attempts {{int8}} NOT NULL,
    due_us {{int8}} NOT NULL,
    lease_us {{int8}} NOT NULL,
    worker TEXT NOT NULL,
    result TEXT NOT NULL,
    created_us {{int8}} NOT NULL,
    changed_us {{int8}} NOT NULL,
    CONSTRAINT job_once UNIQUE (once)
) {{strict}};

CREATE INDEX job_due ON job (state, due_us);

CREATE TABLE api_key (
    id TEXT {{collate_c}} NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    scopes TEXT NOT NULL,
    secret {{blob}} NOT NULL,
    made_by TEXT NOT NULL,
    created_us {{int8}} NOT NULL,
    expires_us {{int8}},
    revoked_us {{int8}},
    used_us {{int8}}
) {{strict}};
