SELECT CAST(COUNT(*) AS BIGINT) FROM payout WHERE account = $1 AND state IN ('review', 'ready', 'batched', 'submitting', 'unknown', 'submitted', 'halted')
