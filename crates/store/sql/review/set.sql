UPDATE review SET state = $2, priority = $3, escalated = $4, second = $5, claimed_by = $6, claimed_us = $7, decided_us = $8 WHERE seq = $1
