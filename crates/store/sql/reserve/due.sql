SELECT seq, creator, asset, amount, occasion, due_us, released_us FROM reserve WHERE released_us IS NULL AND due_us <= $1 ORDER BY seq LIMIT $2
