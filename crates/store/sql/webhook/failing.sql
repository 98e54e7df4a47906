UPDATE webhook SET failing_us = $2 WHERE id = $1 AND failing_us IS NULL
