INSERT INTO wallet (creator, state, schedule, changed_us) VALUES ($1, $2, $3, $4)
ON CONFLICT (creator) DO UPDATE SET state = $2, schedule = $3, changed_us = $4
