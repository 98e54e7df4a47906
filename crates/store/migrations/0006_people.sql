CREATE TABLE operator (
    id TEXT {{collate_c}} NOT NULL PRIMARY KEY,
    email TEXT {{collate_c}} NOT NULL,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    language TEXT NOT NULL,
    password TEXT NOT NULL,
    totp {{blob}},
    totp_new {{blob}},
    totp_step {{int8}} NOT NULL,
    oidc_subject TEXT {{collate_c}},
    failures {{int8}} NOT NULL,
    locked_us {{int8}} NOT NULL,
    made_by TEXT NOT NULL,
    created_us {{int8}} NOT NULL,
    disabled_us {{int8}},
    CONSTRAINT operator_email UNIQUE (email),
    CONSTRAINT operator_oidc UNIQUE (oidc_subject)
) {{strict}};

CREATE TABLE session (
    digest {{blob}} NOT NULL PRIMARY KEY,
    operator TEXT {{collate_c}} NOT NULL,
    second_factor {{int8}} NOT NULL,
    created_us {{int8}} NOT NULL,
    seen_us {{int8}} NOT NULL,
    expires_us {{int8}} NOT NULL
) {{strict}};

CREATE INDEX session_operator ON session (operator);

CREATE TABLE sign_in (
    state {{blob}} NOT NULL PRIMARY KEY,
    nonce TEXT NOT NULL,
    verifier TEXT NOT NULL,
    created_us {{int8}} NOT NULL
) {{strict}};

CREATE TABLE proposal (
    seq {{identity}},
    command TEXT NOT NULL,
    subject TEXT NOT NULL,
    document TEXT NOT NULL,
    basis TEXT NOT NULL,
    digest {{blob}} NOT NULL,
    maker TEXT NOT NULL,
    person TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'approved', 'rejected', 'void')),
    decided_by TEXT NOT NULL,
    decided_why TEXT NOT NULL,
    created_us {{int8}} NOT NULL,
    decided_us {{int8}}
) {{strict}};

CREATE TABLE message (
    seq {{identity}},
    recipient TEXT {{collate_c}} NOT NULL,
    kind TEXT NOT NULL,
    facts TEXT NOT NULL,
    created_us {{int8}} NOT NULL,
    read_us {{int8}}
) {{strict}};

CREATE INDEX message_recipient ON message (recipient, seq);
