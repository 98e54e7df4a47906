SELECT seq, program, creator, state, priority, due_us, escalate_us, escalated, second, claimed_by, claimed_us, works, created_us, decided_us
FROM review WHERE seq = $1
