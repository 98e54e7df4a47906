SELECT seq, source, rows_read, rows_accepted, rows_refused FROM import WHERE kind = $1 AND digest = $2
