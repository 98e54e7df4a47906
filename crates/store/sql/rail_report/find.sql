SELECT seq, digest, kind, account, source, entries, changed, differences, recorded_us, recorded_by FROM rail_report WHERE digest = $1
