SELECT asset, CAST(SUM(amount) AS BIGINT) FROM backpay WHERE state = 'paid' AND paid_us >= $1 AND paid_us < $2 GROUP BY asset ORDER BY asset
