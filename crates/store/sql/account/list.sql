SELECT account, asset, debits, credits FROM account ORDER BY account, asset
