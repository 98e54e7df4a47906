SELECT claim, program, day, number, asset, amount, recorded_us FROM copyright_part WHERE program = $1 AND day = $2 ORDER BY claim, number
