SELECT request, status, body FROM answer WHERE actor = $1 AND command_key = $2
