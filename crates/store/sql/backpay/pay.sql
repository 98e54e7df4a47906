UPDATE backpay SET state = 'paid', paid_us = $4 WHERE appeal = $1 AND program = $2 AND creator = $3 AND state = 'held'
