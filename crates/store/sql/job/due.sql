SELECT seq, kind, subject, once, payload, state, attempts, due_us, lease_us, worker, result, created_us, changed_us
FROM job
WHERE ((state = 'waiting' AND due_us <= $1) OR (state = 'running' AND lease_us <= $1))
AND ((kind IN ('deliver', 'mail', 'ask') AND CAST($2 AS BIGINT) = 1) OR (kind NOT IN ('deliver', 'mail', 'ask') AND CAST($2 AS BIGINT) = 0))
ORDER BY CASE WHEN kind IN ('evaluate', 'backtest', 'shadow') THEN 1 ELSE 0 END, due_us, seq LIMIT 1
