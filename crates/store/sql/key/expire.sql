UPDATE api_key SET expires_us = $2 WHERE id = $1 AND (expires_us IS NULL OR expires_us > $2)
