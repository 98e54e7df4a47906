UPDATE method SET sealed = $3, fingerprint = $3, label = '', country = '', removed_us = COALESCE(removed_us, $2) WHERE creator = $1
