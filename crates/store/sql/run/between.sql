SELECT program, day, number, policy_version, manifest_seq, catalog_seq, inputs_digest, facts_digest,
work_days_path, work_days_digest, lines_path, lines_digest, line_count, paid, spent, accepted,
created_us, publish_us
FROM run WHERE program = $1 AND day BETWEEN $2 AND $3 ORDER BY day, number
