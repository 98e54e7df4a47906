//! Reading instants.
use jiff::civil::DateTime;
use kernel::Zone;
use kernel::day::SECOND_US;

/// The unit of a number that is an instant or a duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Unit {
    /// Seconds.
    S,
    /// Milliseconds.
    Ms,
    /// Microseconds.
    Us,
    /// Nanoseconds.
    Ns,
}

impl Unit {
    /// A number of this unit as microseconds; fractions are cut off.
    pub(crate) fn to_us(self, value: i64) -> Option<i64> {
        match self {
            Unit::S => value.checked_mul(SECOND_US),
            Unit::Ms => value.checked_mul(1_000),
            Unit::Us => Some(value),
            Unit::Ns => Some(value.div_euclid(1_000)),
        }
    }

    /// Decimal digits from this unit down to microseconds.
    pub(crate) fn digits(self) -> u32 {
        match self {
            Unit::S => 6,
            Unit::Ms => 3,
            Unit::Us | Unit::Ns => 0,
        }
    }
}

/// Reads a text as an instant: RFC 3339 with an offset, or a local date and time in `zone`.
pub(crate) fn parse_instant(text: &str, format: Option<&str>, zone: Option<&Zone>) -> Option<i64> {
    if let Some(format) = format {
        let local = DateTime::strptime(format, text)
            .or_else(|_| jiff::civil::Date::strptime(format, text).map(|date| date.at(0, 0, 0, 0)));
        return to_us(local.ok()?, zone?);
    }
    if let Some(time) = parse_utc(text.as_bytes()) {
        return Some(time);
    }
    if let Ok(stamp) = text.parse::<jiff::Timestamp>() {
        return Some(stamp.as_microsecond());
    }
    to_us(text.parse::<DateTime>().ok()?, zone?)
}

fn to_us(local: DateTime, zone: &Zone) -> Option<i64> {
    let zoned = zone.inner().to_zoned(local).ok()?;
    Some(zoned.timestamp().as_microsecond())
}

/// The common form `2022-04-24T15:05:41.436Z`, without the general parser.
fn parse_utc(text: &[u8]) -> Option<i64> {
    let (head, rest) = text.split_at_checked(19)?;
    let number = |from: usize, to: usize| {
        head.get(from..to)?.iter().try_fold(0_i64, |value, byte| {
            byte.is_ascii_digit().then(|| value * 10 + i64::from(byte - b'0'))
        })
    };
    let shape = head[4] == b'-' && head[7] == b'-' && head[10] == b'T';
    if !shape || head[13] != b':' || head[16] != b':' {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let (fraction, zulu) = rest.split_at_checked(rest.len().checked_sub(1)?)?;
    if zulu != b"Z" || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let micros = match fraction {
        [] => 0,
        [b'.', digits @ ..] if (1..=6).contains(&digits.len()) => {
            let value = digits.iter().try_fold(0_i64, |value, byte| {
                byte.is_ascii_digit().then(|| value * 10 + i64::from(byte - b'0'))
            })?;
            value * 10_i64.pow(u32::try_from(6 - digits.len()).ok()?)
        }
        _ => return None,
    };
    let days = days_of(year, month, day)?;
    Some(((days * 24 + hour) * 60 + minute) * 60 * SECOND_US + second * SECOND_US + micros)
}

/// Days since 1970-01-01 of a date of the Gregorian calendar (years counted from March).
fn days_of(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    if day < 1 || day > last || year < 1 {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_agrees_with_the_general_parser() {
        let texts = [
            "1970-01-01T00:00:00Z",
            "2022-04-24T15:05:41.436Z",
            "2024-02-29T23:59:59.999999Z",
            "2023-02-29T00:00:00Z",
            "2100-03-01T00:00:00.1Z",
            "2022-13-01T00:00:00Z",
            "2022-04-31T00:00:00Z",
            "2022-04-24T24:00:00Z",
            "9997-12-31T23:59:59Z",
        ];
        for text in texts {
            let general = text.parse::<jiff::Timestamp>().ok().map(|t| t.as_microsecond());
            assert_eq!(parse_utc(text.as_bytes()), general, "{text}");
        }
        for year in 1970..2400_i64 {
            for (month, day) in [(1, 1), (2, 28), (3, 1), (12, 31)] {
                let text = format!("{year:04}-{month:02}-{day:02}T12:34:56Z");
                let general = text.parse::<jiff::Timestamp>().ok().map(|t| t.as_microsecond());
                assert_eq!(parse_utc(text.as_bytes()), general, "{text}");
            }
        }
    }

    #[test]
    fn offsets_and_local_times() {
        let zone: Zone = "Asia/Shanghai".parse().expect("zone");
        let cases = [
            ("2022-04-24T23:05:41+08:00", None, Some(1_650_812_741_000_000)),
            ("2022-04-24 23:05:41", None, Some(1_650_812_741_000_000)),
            ("20220424 2305", Some("%Y%m%d %H%M"), Some(1_650_812_700_000_000)),
            ("20220425", Some("%Y%m%d"), Some(1_650_816_000_000_000)),
            ("yesterday", None, None),
            ("", None, None),
        ];
        for (text, format, expected) in cases {
            assert_eq!(parse_instant(text, format, Some(&zone)), expected, "{text}");
        }
    }
}
