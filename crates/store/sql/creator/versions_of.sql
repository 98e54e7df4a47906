SELECT creator, effective, seq, account, account_type, verification, standing, joined, last_violation, country, age, age_proof, followers, surface
FROM creator_version WHERE creator = $1 ORDER BY effective, seq
