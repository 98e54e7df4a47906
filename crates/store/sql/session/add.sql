INSERT INTO session (digest, operator, second_factor, created_us, seen_us, expires_us) VALUES ($1, $2, $3, $4, $5, $6)
