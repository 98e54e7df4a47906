DELETE FROM person_key WHERE person = $1
