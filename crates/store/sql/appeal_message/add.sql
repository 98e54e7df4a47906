INSERT INTO appeal_message (appeal, author, body, recorded_us) VALUES ($1, $2, $3, $4)
