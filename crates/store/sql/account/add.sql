INSERT INTO account (account, asset, overdraft, debits, credits) VALUES ($1, $2, $3, $4, $5)
