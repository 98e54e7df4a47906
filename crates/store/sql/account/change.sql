UPDATE account SET debits = debits + $3, credits = credits + $4 WHERE account = $1 AND asset = $2
