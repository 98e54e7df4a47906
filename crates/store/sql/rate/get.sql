SELECT day, rates FROM rate WHERE source = $1 AND day = $2
