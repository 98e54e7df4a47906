SELECT DISTINCT batch FROM payout WHERE state = 'submitted' AND account = $1 AND batch IS NOT NULL ORDER BY batch LIMIT 1000
