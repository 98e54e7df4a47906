UPDATE api_key SET used_us = $2 WHERE id = $1
