INSERT INTO hold (creator, asset, amount, reason, note, made_by, created_us, until_us, released_by, told)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 0)
