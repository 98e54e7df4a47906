INSERT INTO opinion (review, reviewer, verdict, reasons, grades, remark, recorded_us) VALUES ($1, $2, $3, $4, $5, $6, $7)
