SELECT path FROM attachment ORDER BY seq
