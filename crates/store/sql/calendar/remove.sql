DELETE FROM calendar_day WHERE calendar = $1
