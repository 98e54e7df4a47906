-- Back-pay follows corrections: a row for each time that a day's amount changed, the first being all
-- of it; later ones may take back.
CREATE TABLE backpay_new (
    seq {{identity}},
    appeal {{int8}} NOT NULL REFERENCES appeal (seq),
    program TEXT {{collate_c}} NOT NULL,
    creator TEXT {{collate_c}} NOT NULL,
    day TEXT {{collate_c}} NOT NULL,
    number {{int8}} NOT NULL CHECK (number >= 0),
    asset TEXT NOT NULL,
    due {{int8}} NOT NULL,
    amount {{int8}} NOT NULL CHECK (number > 0 OR amount >= 0),
    state TEXT {{collate_c}} NOT NULL CHECK (state IN ('held', 'paid')),
    recorded_us {{int8}} NOT NULL,
    paid_us {{int8}},
    CONSTRAINT backpay_once UNIQUE (appeal, program, creator, day, number)
) {{strict}};
INSERT INTO backpay_new (seq, appeal, program, creator, day, number, asset, due, amount, state, recorded_us, paid_us) SELECT seq, appeal, program, creator, day, 0, asset, due, amount, state, recorded_us, paid_us FROM backpay;
DROP TABLE backpay;
ALTER TABLE backpay_new RENAME TO backpay;
CREATE INDEX backpay_creator ON backpay (creator, seq);
CREATE INDEX backpay_state ON backpay (state, seq);
