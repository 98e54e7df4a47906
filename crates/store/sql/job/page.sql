SELECT seq, kind, subject, once, payload, state, attempts, due_us, lease_us, worker, result, created_us, changed_us
FROM job WHERE seq < $1 AND ($2 = '' OR state = $2) ORDER BY seq DESC LIMIT $3
