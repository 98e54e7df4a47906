SELECT kind, state, COUNT(*), MIN(created_us) FROM job WHERE state <> 'done' GROUP BY kind, state ORDER BY kind, state
