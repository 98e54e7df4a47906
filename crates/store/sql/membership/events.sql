SELECT creator, state, recorded_us FROM membership_event WHERE program = $1 ORDER BY creator, seq
