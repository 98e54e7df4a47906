SELECT seq, appeal, program, creator, day, number, asset, due, amount, state, recorded_us, paid_us FROM backpay WHERE appeal = $1 ORDER BY program, creator, day, number
