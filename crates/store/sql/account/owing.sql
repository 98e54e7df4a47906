SELECT account, asset, debits, credits FROM account WHERE account >= 'owed:' AND account < 'owed;' AND debits > credits
