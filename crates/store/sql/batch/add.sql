INSERT INTO batch (seq, posting_key, previous, digest, transfer_count, recorded_us)
VALUES ($1, $2, $3, $4, $5, $6)
