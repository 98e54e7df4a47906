SELECT seq, kind, source, rows_read, rows_accepted, rows_refused, recorded_us FROM import ORDER BY seq
