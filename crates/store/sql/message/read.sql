UPDATE message SET read_us = $2 WHERE seq = $1 AND read_us IS NULL
