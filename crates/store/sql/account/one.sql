SELECT account, asset, debits, credits FROM account WHERE account = $1 AND asset = $2
