INSERT INTO dormant (creator, told_us, due_us, swept_us) VALUES ($1, $2, $3, $4) ON CONFLICT (creator) DO UPDATE SET told_us = excluded.told_us, due_us = excluded.due_us, swept_us = excluded.swept_us
