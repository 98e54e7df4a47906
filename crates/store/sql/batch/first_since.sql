SELECT MIN(seq) FROM batch WHERE recorded_us >= $1
