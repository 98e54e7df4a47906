INSERT INTO job (kind, subject, once, payload, state, attempts, due_us, lease_us, worker, result, created_us, changed_us)
VALUES ($1, $2, $3, $4, 'waiting', 0, $5, 0, '', '', $6, $6)
ON CONFLICT (once) DO NOTHING
