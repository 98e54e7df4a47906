SELECT transfer_id, debit, credit, asset, amount, program, day, run, batch, seq
FROM transfer WHERE seq > $1 AND ($2 = '' OR debit = $2 OR credit = $2) ORDER BY seq LIMIT $3
