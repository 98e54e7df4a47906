INSERT INTO payout_batch (state, rail, account, asset, payouts, net, executed, terms, digest, file, made_by, created_us, changed_us)
VALUES ('open', $1, $2, $3, $4, $5, $6, $7, $8, '', $9, $10, $10)
