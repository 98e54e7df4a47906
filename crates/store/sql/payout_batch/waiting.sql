SELECT CAST(COALESCE(SUM(p.net), 0) AS BIGINT) FROM payout p JOIN payout_batch b ON p.batch = b.seq
WHERE b.account = $1 AND b.state IN ('approved', 'handed-over') AND p.state IN ('batched', 'submitting', 'unknown', 'submitted', 'halted')
