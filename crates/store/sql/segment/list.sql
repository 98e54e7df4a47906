SELECT seq, path, first_us, last_us, event_count, bytes, digest FROM segment ORDER BY seq
