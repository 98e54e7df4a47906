INSERT INTO message (recipient, kind, facts, created_us) VALUES ($1, $2, $3, $4)
