INSERT INTO api_key (id, name, role, scopes, secret, made_by, created_us, expires_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
