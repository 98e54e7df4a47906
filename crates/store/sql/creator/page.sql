SELECT creator, hash FROM creator WHERE creator > $1 ORDER BY creator LIMIT $2
