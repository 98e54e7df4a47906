SELECT program, creator, state, day, facts, seq FROM membership WHERE program = $1 AND creator = $2
