SELECT seq, program, creator, state, priority, due_us, escalate_us, escalated, second, claimed_by, claimed_us, works, created_us, decided_us
FROM review WHERE state <> 'decided' AND ((escalated = 0 AND escalate_us <= $1) OR (escalated = 1 AND due_us <= $1)) ORDER BY seq LIMIT 1000
