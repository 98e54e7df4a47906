SELECT CAST(COUNT(DISTINCT creator) AS BIGINT) FROM method WHERE fingerprint = $1 AND creator <> $2 AND removed_us IS NULL
