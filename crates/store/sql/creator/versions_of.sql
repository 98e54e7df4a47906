SELECT creator, effective, seq, account, account_type, verification, standing, joined, last_violation, country, age, age_proof, followers, surface, account_type_since, violations, category, agency, account_groups, app_client, app_version, synced, founded, papers
FROM creator_version WHERE creator = $1 ORDER BY effective, seq
