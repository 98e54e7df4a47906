UPDATE webhook SET failing_us = NULL, disabled_us = NULL, disabled_why = '' WHERE id = $1
