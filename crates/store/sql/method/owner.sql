UPDATE method SET owner = $2 WHERE seq = $1
