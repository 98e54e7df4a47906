DELETE FROM message WHERE created_us <= $1
