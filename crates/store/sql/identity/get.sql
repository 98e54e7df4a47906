SELECT creator, country, name, forms, screened, screened_us, changed_us FROM identity WHERE creator = $1
