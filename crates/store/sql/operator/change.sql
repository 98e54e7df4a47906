UPDATE operator SET name = $2, roles = $3, language = $4, password = $5, totp = $6, totp_new = $7, totp_step = $8,
oidc_subject = $9, failures = $10, locked_us = $11, disabled_us = $12
WHERE id = $1
