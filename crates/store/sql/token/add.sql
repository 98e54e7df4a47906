INSERT INTO token_key (id, name, public_key, made_by, created_us) VALUES ($1, $2, $3, $4, $5)
