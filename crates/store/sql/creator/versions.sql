SELECT creator, effective, seq, account, account_type, verification, standing, joined, last_violation
FROM creator_version ORDER BY creator, effective, seq
