INSERT INTO calendar_day (calendar, day, mark, name) VALUES ($1, $2, $3, $4)
ON CONFLICT (calendar, day, mark) DO UPDATE SET name = excluded.name
