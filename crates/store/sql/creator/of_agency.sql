SELECT DISTINCT creator FROM creator_version WHERE agency = $1 ORDER BY creator
