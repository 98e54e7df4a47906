UPDATE person_key SET sealed = $2 WHERE person = $1
