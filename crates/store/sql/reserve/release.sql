UPDATE reserve SET released_us = $2 WHERE seq = $1 AND released_us IS NULL
