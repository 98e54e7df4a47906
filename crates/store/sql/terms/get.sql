SELECT version, digest, document, published_us FROM terms WHERE version = $1
