SELECT creator, state, day FROM membership_event WHERE program = $1 ORDER BY creator, seq
