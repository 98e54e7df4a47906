SELECT work, effective, seq, creator, kind, published_us, length_ms, visibility, review, original, infringing, quality, has_ads, commercial_order, selling, paid_content, selected
FROM work_version WHERE work IN (SELECT work FROM work_version WHERE creator = $1) ORDER BY work, effective, seq
