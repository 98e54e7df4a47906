SELECT operator, second_factor, created_us, seen_us, expires_us FROM session WHERE digest = $1
