UPDATE payout SET state = $3, batch = $4, reference = $5, reason = $6, changed_us = $7 WHERE seq = $1 AND state = $2
