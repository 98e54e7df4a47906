SELECT creator, state, schedule, changed_us FROM wallet WHERE creator = $1
