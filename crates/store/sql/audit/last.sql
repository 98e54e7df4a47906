SELECT seq, digest FROM audit ORDER BY seq DESC LIMIT 1
