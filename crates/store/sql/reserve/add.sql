INSERT INTO reserve (creator, asset, amount, occasion, due_us) VALUES ($1, $2, $3, $4, $5)
