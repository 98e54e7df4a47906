UPDATE job SET state = 'running', attempts = attempts + 1, lease_us = $2, worker = $3, changed_us = $4
WHERE seq = $1
