SELECT creator, told_us, due_us, swept_us FROM dormant WHERE creator = $1
