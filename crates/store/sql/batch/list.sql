SELECT seq, posting_key, previous, digest, transfer_count, recorded_us FROM batch ORDER BY seq
