SELECT program, creator, state, day, facts, seq
FROM membership WHERE program = $1 AND ($2 = '' OR state = $2) AND creator > $3 ORDER BY creator LIMIT $4
