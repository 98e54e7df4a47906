SELECT day, live, shadow, creators, recorded_us FROM shadow_day WHERE program = $1 AND digest = $2 ORDER BY day
