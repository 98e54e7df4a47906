UPDATE rate SET rates = $3, recorded_us = $4 WHERE source = $1 AND day = $2
