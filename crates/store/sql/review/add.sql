INSERT INTO review (program, creator, state, priority, due_us, escalate_us, escalated, second, claimed_by, works, created_us)
VALUES ($1, $2, 'waiting', $3, $4, $5, 0, $6, '', $7, $8)
