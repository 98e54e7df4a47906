SELECT CAST(COUNT(*) AS BIGINT) FROM payout WHERE creator = $1 AND state = 'paid'
