SELECT day, rates FROM rate WHERE source = $1 AND day > $2 ORDER BY day LIMIT $3
