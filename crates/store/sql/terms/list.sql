SELECT version, digest, document, published_us FROM terms ORDER BY version
