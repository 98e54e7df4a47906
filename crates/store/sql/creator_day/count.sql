SELECT CAST(COUNT(*) AS BIGINT) FROM creator_day WHERE program = $1 AND day = $2 AND number = $3
