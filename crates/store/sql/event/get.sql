SELECT seq, kind, subject, body, recorded_us FROM event_out WHERE seq = $1
