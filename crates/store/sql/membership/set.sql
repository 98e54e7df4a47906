INSERT INTO membership (program, creator, state, day, facts, seq) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (program, creator) DO UPDATE SET state = excluded.state, day = excluded.day, facts = excluded.facts, seq = excluded.seq
