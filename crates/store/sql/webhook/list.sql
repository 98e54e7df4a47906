SELECT id, url, kinds, secret, old_secret, old_until_us, made_by, created_us, failing_us, disabled_us, disabled_why
FROM webhook ORDER BY created_us, id
