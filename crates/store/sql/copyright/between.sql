SELECT 'filed', CAST(COUNT(*) AS BIGINT) FROM copyright WHERE created_us >= $1 AND created_us < $2
UNION ALL
SELECT state, CAST(COUNT(*) AS BIGINT) FROM copyright WHERE decided_us >= $1 AND decided_us < $2 GROUP BY state
