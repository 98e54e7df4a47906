INSERT INTO payout (payout_key, origin, creator, state, asset, amount, rail, account, method, paid_asset, gross, tax, tax_country, fee, net, quote, reference, reason, created_us, ready_us, changed_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, '', '', $17, $18, $17)
