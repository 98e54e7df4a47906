SELECT creator, effective, seq, account, account_type, verification, standing, joined, last_violation
FROM creator_version WHERE creator = $1 ORDER BY effective, seq
