UPDATE payout_batch SET digest = $2 WHERE seq = $1
