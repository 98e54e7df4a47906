INSERT INTO terms (version, digest, document, published_us) VALUES ($1, $2, $3, $4)
