UPDATE copyright SET state = $2, objection = $3, decided_by = $4, decided_us = $5, answer = $6, told = $7, changed_us = $8 WHERE seq = $1
