SELECT a.verdict, b.verdict FROM opinion a JOIN opinion b ON b.review = a.review AND b.seq > a.seq
JOIN review r ON r.seq = a.review WHERE r.program = $1
AND NOT EXISTS (SELECT 1 FROM opinion c WHERE c.review = a.review AND c.seq < b.seq AND c.seq <> a.seq)
