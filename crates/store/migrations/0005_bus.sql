CREATE TABLE token_key (
    id TEXT {{collate_c}} NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    public_key {{blob}} NOT NULL,
    made_by TEXT NOT NULL,
    created_us {{int8}} NOT NULL,
    revoked_us {{int8}}
) {{strict}};

CREATE TABLE event_out (
    seq {{identity}},
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    recorded_us {{int8}} NOT NULL
) {{strict}};

CREATE TABLE webhook (
    id TEXT {{collate_c}} NOT NULL PRIMARY KEY,
    url TEXT NOT NULL,
    kinds TEXT NOT NULL,
    secret TEXT NOT NULL,
    old_secret TEXT NOT NULL,
    old_until_us {{int8}} NOT NULL,
    made_by TEXT NOT NULL,
    created_us {{int8}} NOT NULL,
    failing_us {{int8}},
    disabled_us {{int8}},
    disabled_why TEXT NOT NULL
) {{strict}};
