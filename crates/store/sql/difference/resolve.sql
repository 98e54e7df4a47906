UPDATE difference SET resolved_us = $2, resolved_by = $3, resolution = $4 WHERE seq = $1 AND resolved_us IS NULL
