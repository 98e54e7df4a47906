SELECT DISTINCT appeal FROM backpay WHERE state = 'held' ORDER BY appeal LIMIT 1000
