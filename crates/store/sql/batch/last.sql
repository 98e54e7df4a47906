SELECT seq, digest FROM batch ORDER BY seq DESC LIMIT 1
