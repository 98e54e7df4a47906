DELETE FROM answer WHERE kind = $1 AND recorded_us < $2
