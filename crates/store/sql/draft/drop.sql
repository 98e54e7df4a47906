DELETE FROM draft WHERE program = $1
