SELECT person, sealed FROM person_key ORDER BY person
