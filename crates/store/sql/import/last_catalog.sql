SELECT CAST(COALESCE(MAX(seq), 0) AS BIGINT) FROM import WHERE kind = 'catalog'
