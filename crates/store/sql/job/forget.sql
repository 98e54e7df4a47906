DELETE FROM job WHERE state = 'done' AND changed_us < $1
