-- Policies that are not in effect: one draft for each program, which may run beside the live one.
CREATE TABLE draft (
    program TEXT {{collate_c}} NOT NULL PRIMARY KEY,
    document TEXT NOT NULL,
    digest {{blob}} NOT NULL,
    made_by TEXT NOT NULL,
    created_us {{int8}} NOT NULL,
    shadow_us {{int8}}
) {{strict}};

-- What a shadow run came to, day by day.
CREATE TABLE shadow_day (
    program TEXT {{collate_c}} NOT NULL,
    digest {{blob}} NOT NULL,
    day TEXT {{collate_c}} NOT NULL,
    live {{int8}} NOT NULL,
    shadow {{int8}} NOT NULL,
    creators {{int8}} NOT NULL,
    recorded_us {{int8}} NOT NULL,
    PRIMARY KEY (program, digest, day)
) {{strict}};
