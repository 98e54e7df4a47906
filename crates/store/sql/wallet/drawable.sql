SELECT account, asset, debits, credits FROM account WHERE account > $1 AND account >= 'available:' AND account < 'available;' AND credits > debits ORDER BY account, asset LIMIT $2
