UPDATE method SET removed_us = $2, sealed = $3 WHERE seq = $1 AND removed_us IS NULL
