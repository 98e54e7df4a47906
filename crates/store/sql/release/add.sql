INSERT INTO release (program, day, number, recorded_us) VALUES ($1, $2, $3, $4)
