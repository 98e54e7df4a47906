INSERT INTO payout_step (payout, state, actor, reason, reference, recorded_us) VALUES ($1, $2, $3, $4, $5, $6)
