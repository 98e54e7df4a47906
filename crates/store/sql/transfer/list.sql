SELECT transfer_id, debit, credit, asset, amount, program, day, run, batch FROM transfer ORDER BY seq
