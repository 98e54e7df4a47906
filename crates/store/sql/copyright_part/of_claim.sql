SELECT claim, program, day, number, asset, amount, recorded_us FROM copyright_part WHERE claim = $1 ORDER BY program, day, number
