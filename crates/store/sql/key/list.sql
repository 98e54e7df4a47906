SELECT id, name, role, scopes, secret, made_by, created_us, expires_us, revoked_us, used_us
FROM api_key ORDER BY created_us, id
