SELECT CAST(COUNT(*) AS BIGINT) FROM rail_event WHERE rail = $1 AND event = $2
