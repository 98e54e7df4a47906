SELECT state, CAST(COUNT(*) AS BIGINT) FROM membership_event WHERE recorded_us >= $1 AND recorded_us < $2 GROUP BY state ORDER BY state
