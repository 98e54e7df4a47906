SELECT seq, recipient, kind, facts, created_us, read_us FROM message WHERE seq = $1
