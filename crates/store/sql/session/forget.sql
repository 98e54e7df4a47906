DELETE FROM session WHERE expires_us <= $1
