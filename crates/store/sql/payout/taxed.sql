SELECT p.creator, p.tax_country, p.paid_asset, CAST(COUNT(*) AS BIGINT), CAST(SUM(p.gross) AS BIGINT), CAST(SUM(p.tax) AS BIGINT), CAST(SUM(p.fee) AS BIGINT), CAST(SUM(p.net) AS BIGINT)
FROM payout p JOIN payout_step s ON s.payout = p.seq AND s.state = 'paid'
WHERE p.state = 'paid' AND s.recorded_us >= $1 AND s.recorded_us < $2
GROUP BY p.creator, p.tax_country, p.paid_asset ORDER BY p.creator, p.tax_country, p.paid_asset
