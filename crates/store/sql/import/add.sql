INSERT INTO import (seq, kind, digest, source, rows_read, rows_accepted, rows_refused, recorded_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
