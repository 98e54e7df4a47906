SELECT account, asset, debits, credits FROM account
WHERE account > $1 OR (account = $1 AND asset > $2) ORDER BY account, asset LIMIT $3
