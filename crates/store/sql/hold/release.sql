UPDATE hold SET released_us = $2, released_by = $3 WHERE seq = $1 AND released_us IS NULL
