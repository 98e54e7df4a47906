SELECT program, document, digest, made_by, created_us, shadow_us FROM draft WHERE program = $1
