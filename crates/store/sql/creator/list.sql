SELECT creator, hash FROM creator
