SELECT DISTINCT batch FROM payout WHERE state IN ('submitting', 'unknown', 'submitted', 'halted') AND rail IN ('stripe', 'paypal') AND batch IS NOT NULL AND changed_us <= $1 ORDER BY batch LIMIT 1000
