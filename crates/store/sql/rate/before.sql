SELECT day, rates FROM rate WHERE source = $1 AND day <= $2 AND rates LIKE $3 ORDER BY day DESC LIMIT 1
