INSERT INTO shadow_day (program, digest, day, live, shadow, creators, recorded_us) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (program, digest, day) DO UPDATE SET live = excluded.live, shadow = excluded.shadow, creators = excluded.creators, recorded_us = excluded.recorded_us
