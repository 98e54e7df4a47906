INSERT INTO method (creator, kind, country, label, sealed, fingerprint, name, confirmed_by, created_us, usable_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
