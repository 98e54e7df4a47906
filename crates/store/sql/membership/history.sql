SELECT seq, program, creator, state, day, facts, actor, reason, recorded_us
FROM membership_event WHERE program = $1 AND creator = $2 ORDER BY seq
