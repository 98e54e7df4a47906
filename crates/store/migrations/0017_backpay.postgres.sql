-- Back-pay follows corrections: a row for each time that a day's amount changed, the first being all
-- of it; later ones may take back.
ALTER TABLE backpay ADD COLUMN number BIGINT NOT NULL DEFAULT 0 CHECK (number >= 0);
ALTER TABLE backpay DROP CONSTRAINT backpay_once;
ALTER TABLE backpay ADD CONSTRAINT backpay_once UNIQUE (appeal, program, creator, day, number);
ALTER TABLE backpay DROP CONSTRAINT backpay_amount_check;
ALTER TABLE backpay ADD CONSTRAINT backpay_amount_check CHECK (number > 0 OR amount >= 0);
