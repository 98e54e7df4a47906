INSERT INTO intake (actor, event_count, events, creators, recorded_us)
VALUES ($1, $2, $3, $4, $5)
