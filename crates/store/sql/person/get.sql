SELECT sealed FROM person_key WHERE person = $1
