UPDATE job SET lease_us = $3 WHERE seq = $1 AND worker = $2 AND state = 'running'
