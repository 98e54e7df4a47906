INSERT INTO backpay (appeal, program, creator, day, number, asset, due, amount, state, recorded_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'held', $9)
