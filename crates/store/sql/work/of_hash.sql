SELECT work, hash FROM work WHERE hash = $1
