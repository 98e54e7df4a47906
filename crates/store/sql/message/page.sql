SELECT seq, recipient, kind, facts, created_us, read_us FROM message WHERE recipient = $1 AND seq > $2 ORDER BY seq LIMIT $3
