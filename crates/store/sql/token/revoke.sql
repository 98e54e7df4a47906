UPDATE token_key SET revoked_us = $2 WHERE id = $1 AND revoked_us IS NULL
