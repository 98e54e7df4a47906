UPDATE proposal SET state = $2, decided_by = $3, decided_why = $4, decided_us = $5 WHERE seq = $1 AND state = 'open'
