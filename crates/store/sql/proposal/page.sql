SELECT seq, command, subject, document, basis, digest, maker, person, reason, state, decided_by, decided_why, created_us, decided_us
FROM proposal WHERE seq > $1 ORDER BY seq LIMIT $2
