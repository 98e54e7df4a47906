UPDATE job SET state = 'waiting', attempts = 0, due_us = $2, changed_us = $2
WHERE seq = $1 AND state = 'dead'
