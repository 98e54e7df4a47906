SELECT seq, digest, recorded_us FROM audit ORDER BY seq DESC LIMIT 1
