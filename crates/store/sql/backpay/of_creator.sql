SELECT seq, appeal, program, creator, day, number, asset, due, amount, state, recorded_us, paid_us FROM backpay WHERE creator = $1 AND state = 'paid' ORDER BY seq
