DELETE FROM creator_day WHERE program = $1
