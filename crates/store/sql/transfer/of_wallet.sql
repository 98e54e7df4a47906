SELECT transfer_id, debit, credit, asset, amount, program, day, run, batch, seq
FROM transfer WHERE seq > $7 AND (debit IN ($1, $2, $3, $4, $5, $6) OR credit IN ($1, $2, $3, $4, $5, $6)) ORDER BY seq LIMIT $8
