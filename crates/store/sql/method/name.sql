UPDATE method SET name = $2, confirmed_by = $3 WHERE seq = $1
