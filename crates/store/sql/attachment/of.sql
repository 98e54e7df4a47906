SELECT seq, appeal, name, media, bytes, digest, path, added_by, recorded_us FROM attachment WHERE appeal = $1 ORDER BY seq
