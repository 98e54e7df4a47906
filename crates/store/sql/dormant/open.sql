SELECT creator, told_us, due_us, swept_us FROM dormant WHERE swept_us IS NULL AND creator > $1 ORDER BY creator LIMIT $2
