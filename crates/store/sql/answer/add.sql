INSERT INTO answer (actor, command_key, kind, request, status, body, recorded_us)
VALUES ($1, $2, $3, $4, $5, $6, $7)
