SELECT program, creator, state, day, facts, seq FROM membership WHERE creator = $1 ORDER BY program
