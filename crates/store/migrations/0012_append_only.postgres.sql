CREATE TRIGGER payout_step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payout_step EXECUTE FUNCTION append_only();

CREATE TRIGGER payout_no_delete BEFORE DELETE OR TRUNCATE ON payout EXECUTE FUNCTION append_only();

CREATE TRIGGER payout_amounts BEFORE UPDATE OF payout_key, creator, asset, amount, method, paid_asset, gross, tax, fee, net ON payout EXECUTE FUNCTION append_only();
