UPDATE webhook SET old_secret = secret, old_until_us = $3, secret = $2 WHERE id = $1
