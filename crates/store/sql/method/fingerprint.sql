UPDATE method SET fingerprint = $2 WHERE seq = $1
