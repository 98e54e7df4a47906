SELECT day, number, manifest_seq, catalog_seq, inputs_digest FROM confirmation WHERE program = $1
