SELECT state, paid_asset, CAST(COUNT(*) AS BIGINT), CAST(COALESCE(SUM(net), 0) AS BIGINT) FROM payout GROUP BY state, paid_asset ORDER BY state, paid_asset
