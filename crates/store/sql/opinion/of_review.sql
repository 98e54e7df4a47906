SELECT review, reviewer, verdict, reasons, grades, remark, recorded_us FROM opinion WHERE review = $1 ORDER BY seq
