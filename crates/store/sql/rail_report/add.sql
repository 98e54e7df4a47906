INSERT INTO rail_report (digest, kind, account, source, entries, changed, differences, recorded_us, recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
