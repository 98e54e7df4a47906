SELECT id, name, public_key, made_by, created_us, revoked_us FROM token_key WHERE id = $1
