SELECT id, email, name, roles, language, password, totp, totp_new, totp_step, oidc_subject, failures, locked_us, made_by, created_us, disabled_us
FROM operator WHERE id = $1
