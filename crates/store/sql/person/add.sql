INSERT INTO person_key (person, sealed, created_us) VALUES ($1, $2, $3)
