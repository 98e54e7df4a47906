INSERT INTO run (program, day, number, policy_version, manifest_seq, catalog_seq, inputs_digest,
facts_digest, work_days_path, work_days_digest, lines_path, lines_digest, line_count, paid, spent,
accepted, created_us, publish_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
