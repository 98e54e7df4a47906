INSERT INTO attachment (appeal, name, media, bytes, digest, path, added_by, recorded_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
