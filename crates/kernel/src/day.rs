//! Days of a program: calendar days in the program's own time zone (N24). Each instant belongs to
//! exactly one of them, daylight saving included (I22).
use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// Microseconds in one second.
pub const SECOND_US: i64 = 1_000_000;
/// Microseconds in one hour.
pub const HOUR_US: i64 = 3_600 * SECOND_US;

/// A calendar day, `YYYY-MM-DD`, between the years 1970 and 9998.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// Why a text is no day or no zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DayError {
    /// Not `YYYY-MM-DD`, or outside 1970 to 9998.
    #[error("`{0}` is not a day: write it like `2026-11-22`, between 1970 and 9998")]
    NotADay(String),
    /// Not a zone of the time zone database.
    #[error("`{0}` is not a time zone: write an IANA name like `Asia/Shanghai`")]
    NotAZone(String),
    /// Not `HH:MM`.
    #[error("`{0}` is not an hour of the day: write it like `22:00`")]
    NotATime(String),
}

const LAST: i32 = 2_932_167; // 9997-12-31, so that the next day and its hours still exist

impl Day {
    /// The day that is `days` days after 1970-01-01.
    ///
    /// # Errors
    /// [`DayError::NotADay`] outside 1970 to 9997.
    pub fn from_epoch_days(days: i32) -> Result<Day, DayError> {
        if (0..=LAST).contains(&days) {
            Ok(Day(days))
        } else {
            Err(DayError::NotADay(days.to_string()))
        }
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub fn epoch_days(self) -> i32 {
        self.0
    }

    /// The day `days` later (or earlier), kept inside the years that stipend knows.
    #[must_use]
    pub fn plus(self, days: i32) -> Day {
        Day(self.0.saturating_add(days).clamp(0, LAST))
    }

    /// The first day of this day's month.
    #[must_use]
    pub fn month_start(self) -> Day {
        Day(self.0 - i32::from(self.date().day()) + 1)
    }

    /// The day of the week: 0 is Monday, 6 is Sunday.
    #[must_use]
    pub fn weekday(self) -> usize {
        // 1970-01-01 was a Thursday.
        usize::try_from((self.0 + 3) % 7).unwrap_or(0)
    }

    fn date(self) -> Date {
        // In range by construction.
        Date::constant(1970, 1, 1).checked_add(self.0.days()).unwrap_or(Date::constant(1970, 1, 1))
    }

    fn from_date(date: Date) -> Day {
        let days = date.since(Date::constant(1970, 1, 1)).map_or(0, |span| span.get_days());
        Day(days.clamp(0, LAST))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date())
    }
}

impl FromStr for Day {
    type Err = DayError;
    fn from_str(text: &str) -> Result<Day, DayError> {
        let wrong = || DayError::NotADay(text.chars().take(40).collect());
        let shape = text.len() == 10 && text.bytes().filter(|b| *b == b'-').count() == 2;
        let date: Date = if shape {
            text.parse().map_err(|_| wrong())?
        } else {
            return Err(wrong());
        };
        if (1970..=9997).contains(&date.year()) { Ok(Day::from_date(date)) } else { Err(wrong()) }
    }
}

/// A time of day, to the minute, like a program's hour of publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeOfDay(Time);

impl FromStr for TimeOfDay {
    type Err = DayError;
    fn from_str(text: &str) -> Result<TimeOfDay, DayError> {
        let wrong = || DayError::NotATime(text.chars().take(40).collect());
        if text.len() != 5 {
            return Err(wrong());
        }
        Time::strptime("%H:%M", text).map(TimeOfDay).map_err(|_| wrong())
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0.hour(), self.0.minute())
    }
}

/// A time zone of the IANA database, compiled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone(TimeZone);

impl FromStr for Zone {
    type Err = DayError;
    fn from_str(text: &str) -> Result<Zone, DayError> {
        let zone = TimeZone::get(text);
        zone.map(Zone).map_err(|_| DayError::NotAZone(text.chars().take(40).collect()))
    }
}

impl Zone {
    /// The zone that most platforms keep their logs in.
    #[must_use]
    pub fn utc() -> Zone {
        Zone(TimeZone::UTC)
    }

    /// The zone's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The first instant of a day, in microseconds since 1970 UTC. A day that daylight saving
    /// starts in a gap begins at the first instant after the gap.
    #[must_use]
    pub fn start_us(&self, day: Day) -> i64 {
        self.at_us(day, TimeOfDay(Time::midnight()))
    }

    /// The first instant after a day: the start of the next one.
    #[must_use]
    pub fn end_us(&self, day: Day) -> i64 {
        self.start_us(day.plus(1))
    }

    /// The instant of a time on a day; in a gap the first instant after it, in a fold the first.
    #[must_use]
    pub fn at_us(&self, day: Day, time: TimeOfDay) -> i64 {
        let zoned = self.0.to_zoned(day.date().to_datetime(time.0));
        zoned.map_or(i64::MAX, |zoned| zoned.timestamp().as_microsecond())
    }

    /// The day that an instant belongs to.
    #[must_use]
    pub fn day_of(&self, time_us: i64) -> Day {
        let stamp = Timestamp::from_microsecond(time_us).unwrap_or(Timestamp::UNIX_EPOCH);
        Day::from_date(stamp.to_zoned(self.0.clone()).date())
    }

    /// An instant as local text, to the minute with its offset.
    #[must_use]
    pub fn format(&self, time_us: i64) -> String {
        let stamp = Timestamp::from_microsecond(time_us).unwrap_or(Timestamp::UNIX_EPOCH);
        stamp.to_zoned(self.0.clone()).strftime("%Y-%m-%d %H:%M %:z").to_string()
    }

    /// The zone itself, for readers of local times.
    #[must_use]
    pub fn inner(&self) -> &TimeZone {
        &self.0
    }
}

/// An instant as machines read it, in UTC: `2026-11-22T08:30:00.000001Z` (RFC 3339).
#[must_use]
pub fn instant(time_us: i64) -> String {
    Timestamp::from_microsecond(time_us).map_or_else(|_| String::new(), |at| at.to_string())
}

/// Reads an instant like `2026-11-22T08:30:00Z`, in microseconds since 1970 UTC.
#[must_use]
pub fn parse_instant(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_microsecond)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_instant_has_one_day() {
        // Zones with daylight saving at midnight, half-hour offsets, a skipped day, a year end.
        let cases = [
            ("Asia/Shanghai", "2022-04-24", 24),
            ("Europe/Amsterdam", "2026-03-29", 23),
            ("Europe/Amsterdam", "2026-10-25", 25),
            ("America/Sao_Paulo", "2018-11-04", 23),
            ("Africa/Cairo", "2023-04-28", 23),
            ("Asia/Kathmandu", "2025-12-31", 24),
            ("America/St_Johns", "2026-03-08", 23),
        ];
        for (name, day, hours) in cases {
            let zone: Zone = name.parse().expect("zone");
            let day: Day = day.parse().expect("day");
            let (start, end) = (zone.start_us(day), zone.end_us(day));
            assert_eq!((end - start) / HOUR_US, hours, "{name} {day}");
            assert_eq!(zone.day_of(start), day, "{name} {day}");
            assert_eq!(zone.day_of(end - 1), day, "{name} {day}");
            assert_eq!(zone.day_of(start - 1), day.plus(-1), "{name} {day}");
        }
        // Samoa skipped 2011-12-30: the day is empty, and its neighbours touch.
        let apia: Zone = "Pacific/Apia".parse().expect("zone");
        let gap: Day = "2011-12-30".parse().expect("day");
        assert_eq!(apia.start_us(gap), apia.end_us(gap));
    }

    #[test]
    fn texts_that_are_no_day_are_refused() {
        for text in ["", "2026-2-3", "2026-02-30", "1969-12-31", "9999-01-01", "20260203", "x"] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
        assert_eq!(
            "2026-02-28".parse::<Day>().map(|d| d.plus(1).to_string()),
            Ok("2026-03-01".into())
        );
        assert_eq!(
            "2026-02-28".parse::<Day>().map(|d| d.month_start().to_string()),
            Ok("2026-02-01".into())
        );
    }
}
