UPDATE payout_batch SET state = $3, file = $4, file_digest = $5, changed_us = $6 WHERE seq = $1 AND state = $2
