SELECT work, hash FROM work WHERE work = $1
