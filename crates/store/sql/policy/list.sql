SELECT program, version, effective, digest, document, published_us FROM policy ORDER BY program, version
