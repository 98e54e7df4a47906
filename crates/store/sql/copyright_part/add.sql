INSERT INTO copyright_part (claim, program, day, number, asset, amount, recorded_us) VALUES ($1, $2, $3, $4, $5, $6, $7)
