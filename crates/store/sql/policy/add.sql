INSERT INTO policy (program, version, effective, digest, document, published_us)
VALUES ($1, $2, $3, $4, $5, $6)
