SELECT work, hash FROM work
