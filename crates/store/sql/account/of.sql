SELECT account, asset, debits, credits FROM account WHERE account IN ($1, $2, $3, $4, $5, $6, $7, $8) ORDER BY account, asset
