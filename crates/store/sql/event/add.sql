INSERT INTO event_out (kind, subject, body, recorded_us) VALUES ($1, $2, $3, $4)
