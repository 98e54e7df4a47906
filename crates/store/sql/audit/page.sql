SELECT seq, recorded_us, actor, command, subject, reason, outcome, request, previous, digest
FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2
