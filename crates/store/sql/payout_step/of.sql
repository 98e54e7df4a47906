SELECT payout, state, actor, reason, reference, recorded_us FROM payout_step WHERE payout = $1 ORDER BY seq
