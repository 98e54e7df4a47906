INSERT INTO operator (id, email, name, roles, language, password, totp_step, failures, locked_us, made_by, created_us)
VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, $7, $8)
