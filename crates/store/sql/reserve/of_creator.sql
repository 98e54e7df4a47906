SELECT seq, creator, asset, amount, occasion, due_us, released_us FROM reserve WHERE creator = $1 AND released_us IS NULL ORDER BY seq LIMIT 1000
