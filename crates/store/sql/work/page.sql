SELECT work, hash FROM work WHERE work > $1 ORDER BY work LIMIT $2
