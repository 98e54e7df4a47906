INSERT INTO membership_event (program, creator, state, day, facts, actor, reason, recorded_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
