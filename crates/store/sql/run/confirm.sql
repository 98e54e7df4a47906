INSERT INTO confirmation (program, day, number, manifest_seq, catalog_seq, inputs_digest)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (program, day) DO UPDATE SET number = excluded.number,
manifest_seq = excluded.manifest_seq, catalog_seq = excluded.catalog_seq,
inputs_digest = excluded.inputs_digest
