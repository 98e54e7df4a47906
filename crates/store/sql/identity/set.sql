INSERT INTO identity (creator, country, name, forms, screened, screened_us, changed_us) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (creator) DO UPDATE SET country = $2, name = $3, forms = $4, screened = $5, screened_us = $6, changed_us = $7
