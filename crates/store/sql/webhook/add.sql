INSERT INTO webhook (id, url, kinds, secret, old_secret, old_until_us, made_by, created_us, disabled_why)
VALUES ($1, $2, $3, $4, '', 0, $5, $6, '')
