-- What a creator's day was made of, run by run: what pages and diagnoses read. It can be made again
-- of the tables that runs leave in the lake. The number -1 is the estimate of a day before its end.
CREATE TABLE creator_day (
    program TEXT {{collate_c}} NOT NULL,
    creator TEXT {{collate_c}} NOT NULL,
    day TEXT {{collate_c}} NOT NULL,
    number {{int8}} NOT NULL,
    views {{int8}} NOT NULL,
    weighted {{int8}} NOT NULL,
    interactions {{int8}} NOT NULL,
    graded {{int8}} NOT NULL,
    score {{int8}} NOT NULL,
    likes {{int8}} NOT NULL,
    favorites {{int8}} NOT NULL,
    comments {{int8}} NOT NULL,
    shares {{int8}} NOT NULL,
    follows {{int8}} NOT NULL,
    accepted {{int8}} NOT NULL,
    works {{int8}} NOT NULL,
    pool {{int8}} NOT NULL,
    all_score {{int8}} NOT NULL,
    rate {{int8}} NOT NULL,
    earned {{int8}} NOT NULL,
    paid {{int8}} NOT NULL,
    amount {{int8}} NOT NULL,
    reason TEXT NOT NULL,
    recorded_us {{int8}} NOT NULL,
    PRIMARY KEY (program, creator, day, number)
) {{strict}};
CREATE INDEX creator_day_of_day ON creator_day (program, day, number);
