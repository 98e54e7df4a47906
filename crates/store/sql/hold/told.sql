UPDATE hold SET told = 1 WHERE seq = $1
