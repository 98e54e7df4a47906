SELECT p.creator, p.tax_country, p.paid_asset, CAST(SUM(CASE WHEN s.state = 'paid' THEN 1 ELSE -1 END) AS BIGINT), CAST(SUM(CASE WHEN s.state = 'paid' THEN p.gross ELSE -p.gross END) AS BIGINT), CAST(SUM(CASE WHEN s.state = 'paid' THEN p.tax ELSE -p.tax END) AS BIGINT), CAST(SUM(CASE WHEN s.state = 'paid' THEN p.fee ELSE -p.fee END) AS BIGINT), CAST(SUM(CASE WHEN s.state = 'paid' THEN p.net ELSE -p.net END) AS BIGINT)
FROM payout p JOIN payout_step s ON s.payout = p.seq
WHERE s.recorded_us >= $1 AND s.recorded_us < $2 AND (s.state = 'paid' OR (s.state = 'returned' AND EXISTS (SELECT 1 FROM payout_step b WHERE b.payout = p.seq AND b.state = 'paid')))
GROUP BY p.creator, p.tax_country, p.paid_asset ORDER BY p.creator, p.tax_country, p.paid_asset
