SELECT nonce, verifier, created_us FROM sign_in WHERE state = $1
