INSERT INTO rail_event (rail, event, kind, recorded_us) VALUES ($1, $2, $3, $4)
