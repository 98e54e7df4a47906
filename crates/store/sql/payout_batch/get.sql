SELECT seq, state, rail, account, asset, payouts, net, executed, terms, digest, file, file_digest, made_by, created_us, changed_us FROM payout_batch WHERE seq = $1
