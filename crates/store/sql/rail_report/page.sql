SELECT seq, digest, kind, account, source, entries, changed, differences, recorded_us, recorded_by FROM rail_report WHERE seq > $1 ORDER BY seq LIMIT $2
