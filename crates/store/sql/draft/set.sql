INSERT INTO draft (program, document, digest, made_by, created_us, shadow_us) VALUES ($1, $2, $3, $4, $5, NULL)
ON CONFLICT (program) DO UPDATE SET document = excluded.document, digest = excluded.digest, made_by = excluded.made_by, created_us = excluded.created_us, shadow_us = NULL
