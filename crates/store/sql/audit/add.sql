INSERT INTO audit (seq, recorded_us, actor, command, subject, reason, outcome, request, previous, digest)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
