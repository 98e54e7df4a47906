SELECT creator, hash FROM creator WHERE hash = $1
