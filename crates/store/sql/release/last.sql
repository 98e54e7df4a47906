SELECT CAST(COALESCE(MAX(number), -1) AS BIGINT) FROM release WHERE program = $1 AND day = $2
