SELECT seq, once, kind, subject, facts, created_us, resolved_us, resolved_by, resolution FROM difference WHERE seq = $1
