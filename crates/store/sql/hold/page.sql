SELECT seq, creator, asset, amount, reason, note, made_by, created_us, until_us, released_us, released_by, told FROM hold WHERE released_us IS NULL AND seq > $1 ORDER BY seq LIMIT $2
