SELECT seq, kind, subject, once, payload, state, attempts, due_us, lease_us, worker, result, created_us, changed_us
FROM job
WHERE (state = 'waiting' AND due_us <= $1) OR (state = 'running' AND lease_us <= $1)
ORDER BY due_us, seq LIMIT 1
