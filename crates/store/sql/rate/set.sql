INSERT INTO rate (source, day, rates, recorded_us) VALUES ($1, $2, $3, $4)
