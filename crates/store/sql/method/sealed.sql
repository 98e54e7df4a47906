SELECT seq, creator, kind, country, label, sealed, fingerprint, name, confirmed_by, created_us, usable_us, removed_us, owner FROM method WHERE seq > $1 AND LENGTH(sealed) > 0 ORDER BY seq LIMIT $2
