INSERT INTO account (account, asset, overdraft, debits, credits) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (account, asset) DO UPDATE SET debits = account.debits + excluded.debits,
credits = account.credits + excluded.credits
