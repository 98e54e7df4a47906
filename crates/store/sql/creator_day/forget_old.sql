DELETE FROM creator_day WHERE number = -1 AND day < $1
