DELETE FROM sign_in WHERE state = $1
