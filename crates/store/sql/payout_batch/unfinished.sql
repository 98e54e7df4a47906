SELECT CAST(COUNT(*) AS BIGINT) FROM payout_batch WHERE state IN ('open', 'approved')
