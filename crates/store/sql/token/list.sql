SELECT id, name, public_key, made_by, created_us, revoked_us FROM token_key ORDER BY created_us, id
