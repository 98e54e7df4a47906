SELECT calendar, CAST(COUNT(*) AS BIGINT), MIN(day), MAX(day) FROM calendar_day GROUP BY calendar ORDER BY calendar
