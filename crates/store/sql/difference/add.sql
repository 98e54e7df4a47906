INSERT INTO difference (once, kind, subject, facts, created_us, resolved_by, resolution) VALUES ($1, $2, $3, $4, $5, '', '') ON CONFLICT (once) DO NOTHING
