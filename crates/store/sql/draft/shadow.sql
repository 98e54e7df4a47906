UPDATE draft SET shadow_us = $2 WHERE program = $1
