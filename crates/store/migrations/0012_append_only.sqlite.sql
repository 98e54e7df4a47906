CREATE TRIGGER payout_step_no_update BEFORE UPDATE ON payout_step BEGIN SELECT RAISE(ABORT, 'steps of payouts are append-only'); END;

CREATE TRIGGER payout_step_no_delete BEFORE DELETE ON payout_step BEGIN SELECT RAISE(ABORT, 'steps of payouts are append-only'); END;

CREATE TRIGGER payout_no_delete BEFORE DELETE ON payout BEGIN SELECT RAISE(ABORT, 'payouts are never deleted'); END;

CREATE TRIGGER payout_amounts BEFORE UPDATE OF payout_key, creator, asset, amount, method, paid_asset, gross, tax, fee, net ON payout BEGIN SELECT RAISE(ABORT, 'amounts of payouts are never changed'); END;
