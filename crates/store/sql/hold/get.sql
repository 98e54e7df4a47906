SELECT seq, creator, asset, amount, reason, note, made_by, created_us, until_us, released_us, released_by, told FROM hold WHERE seq = $1
