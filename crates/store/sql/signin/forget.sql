DELETE FROM sign_in WHERE created_us <= $1
