INSERT INTO sign_in (state, nonce, verifier, created_us) VALUES ($1, $2, $3, $4)
