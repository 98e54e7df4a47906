UPDATE job SET state = $3, due_us = $4, result = $5, changed_us = $6
WHERE seq = $1 AND worker = $2 AND state = 'running'
