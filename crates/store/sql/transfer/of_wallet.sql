SELECT t.transfer_id, t.debit, t.credit, t.asset, t.amount, t.program, t.day, t.run, t.batch, t.seq, b.recorded_us
FROM transfer t JOIN batch b ON b.seq = t.batch
WHERE t.seq > $9 AND (t.debit IN ($1, $2, $3, $4, $5, $6, $7, $8) OR t.credit IN ($1, $2, $3, $4, $5, $6, $7, $8)) ORDER BY t.seq LIMIT $10
