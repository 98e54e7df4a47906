INSERT INTO proposal (command, subject, document, basis, digest, maker, person, reason, state, decided_by, decided_why, created_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', '', '', $9)
