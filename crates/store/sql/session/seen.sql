UPDATE session SET seen_us = $2 WHERE digest = $1
