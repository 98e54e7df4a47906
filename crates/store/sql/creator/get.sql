SELECT creator, hash FROM creator WHERE creator = $1
