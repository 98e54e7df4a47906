SELECT seq, program, creator, state, priority, due_us, escalate_us, escalated, second, claimed_by, claimed_us, works, created_us, decided_us
FROM review WHERE program = $1 AND creator = $2 AND state <> 'decided' ORDER BY seq DESC LIMIT 1
