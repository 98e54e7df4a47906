SELECT person, sealed FROM person_key WHERE person > $1 ORDER BY person LIMIT $2
