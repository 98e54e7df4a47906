DELETE FROM intake WHERE seq >= $1 AND seq <= $2
