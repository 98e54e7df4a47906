SELECT seq, creator, kind, country, label, sealed, fingerprint, name, confirmed_by, created_us, usable_us, removed_us, owner FROM method WHERE creator = $1 AND removed_us IS NULL ORDER BY seq
