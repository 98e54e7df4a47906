SELECT program, creator, state, day, facts, seq FROM membership WHERE program = $1 ORDER BY creator
