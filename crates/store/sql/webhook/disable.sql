UPDATE webhook SET disabled_us = $2, disabled_why = $3 WHERE id = $1 AND disabled_us IS NULL
