SELECT CAST(COUNT(*) AS BIGINT) FROM membership WHERE program = $1 AND state IN ('approved', 'suspended')
