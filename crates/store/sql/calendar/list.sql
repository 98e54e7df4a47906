SELECT calendar, day, mark, name FROM calendar_day WHERE calendar = $1 ORDER BY day, mark
