DELETE FROM dormant WHERE creator = $1
