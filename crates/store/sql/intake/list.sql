SELECT seq, event_count, events, creators, actor FROM intake WHERE seq > $1 ORDER BY seq LIMIT $2
