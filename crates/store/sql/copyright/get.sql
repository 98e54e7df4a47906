SELECT seq, work, creator, claimant, share_ppm, from_day, state, words, objection, filed_by, decided_by, decided_us, answer, told, created_us, changed_us FROM copyright WHERE seq = $1
