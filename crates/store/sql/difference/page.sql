SELECT seq, once, kind, subject, facts, created_us, resolved_us, resolved_by, resolution FROM difference WHERE seq > $1 AND (CAST($2 AS BIGINT) = 0 OR resolved_us IS NULL) ORDER BY seq LIMIT $3
