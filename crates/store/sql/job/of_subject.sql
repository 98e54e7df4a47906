SELECT seq, kind, subject, once, payload, state, attempts, due_us, lease_us, worker, result, created_us, changed_us
FROM job WHERE kind = $1 AND subject = $2 AND seq < $3 ORDER BY seq DESC LIMIT $4
