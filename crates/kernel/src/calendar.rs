//! Business calendars: which days are worked on, and the n-th of them after a day (requirement
//! R137, N23). What the holidays of a country are is data; here is only the arithmetic.
use std::collections::{BTreeMap, BTreeSet};

use crate::Day;

/// How far ahead a working day is looked for: no calendar closes for longer.
const LOOK_DAYS: i32 = 3_660;

/// The days of the week that are not worked on, Monday first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weekend([bool; 7]);

impl Weekend {
    /// Saturday and Sunday.
    pub const SATURDAY_SUNDAY: Weekend = Weekend([false, false, false, false, false, true, true]);

    /// The days of the week by their first three letters in English, Monday first.
    pub const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    /// Reads words like `Fri Sat`; empty is no weekend.
    #[must_use]
    pub fn parse(text: &str) -> Option<Weekend> {
        let mut days = [false; 7];
        for word in text.split_whitespace() {
            let place = Weekend::NAMES.iter().position(|name| *name == word)?;
            *days.get_mut(place)? = true;
        }
        Some(Weekend(days))
    }

    fn has(self, day: Day) -> bool {
        self.0.get(day.weekday()).copied().unwrap_or(false)
    }
}

/// What a row of a calendar says of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It is not worked on.
    Holiday,
    /// It is worked on, although it lies on a weekend.
    Workday,
    /// From it on the weekend is another.
    Weekend(Weekend),
}

/// A calendar of working days. Without any mark: Monday to Friday.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    holidays: BTreeSet<Day>,
    workdays: BTreeSet<Day>,
    weekends: BTreeMap<Day, Weekend>,
}

impl Calendar {
    /// Adds what is said of a day.
    pub fn mark(&mut self, day: Day, mark: Mark) {
        match mark {
            Mark::Holiday => {
                self.holidays.insert(day);
            }
            Mark::Workday => {
                self.workdays.insert(day);
            }
            Mark::Weekend(weekend) => {
                self.weekends.insert(day, weekend);
            }
        }
    }

    /// Whether a day is worked on.
    #[must_use]
    pub fn is_working(&self, day: Day) -> bool {
        if self.holidays.contains(&day) {
            return false;
        }
        let weekend = self.weekends.range(..=day).next_back();
        let weekend = weekend.map_or(Weekend::SATURDAY_SUNDAY, |(_, weekend)| *weekend);
        !weekend.has(day) || self.workdays.contains(&day)
    }

    /// The `count`-th working day after a day; the day itself for nought. Nothing where ten years
    /// have not so many.
    #[must_use]
    pub fn working_day_after(&self, day: Day, count: u16) -> Option<Day> {
        let mut left = count;
        if left == 0 {
            return Some(day);
        }
        for ahead in 1..=LOOK_DAYS {
            let next = day.plus(ahead);
            if self.is_working(next) {
                left -= 1;
                if left == 0 {
                    return Some(next);
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    #[test]
    fn working_days_after_a_day() {
        let mut calendar = Calendar::default();
        for holiday in ["2026-12-25", "2026-12-28", "2027-01-01"] {
            calendar.mark(day(holiday), Mark::Holiday);
        }
        calendar.mark(day("2026-12-27"), Mark::Workday); // a Sunday
        let cases = [
            ("2026-12-24", 0, "2026-12-24"),
            ("2026-12-24", 1, "2026-12-27"),
            ("2026-12-24", 2, "2026-12-29"),
            ("2026-12-24", 5, "2027-01-04"),
            ("2028-02-28", 1, "2028-02-29"),
        ];
        for (from, count, expected) in cases {
            let found = calendar.working_day_after(day(from), count);
            assert_eq!(found, Some(day(expected)), "{count} after {from}");
        }
    }

    #[test]
    fn a_weekend_that_changes() {
        let mut calendar = Calendar::default();
        calendar.mark(day("2020-01-01"), Mark::Weekend(Weekend::parse("Fri Sat").expect("days")));
        calendar.mark(day("2022-01-01"), Mark::Weekend(Weekend::parse("Sat Sun").expect("days")));
        assert!(!calendar.is_working(day("2021-12-31")) && calendar.is_working(day("2022-01-07")));
        assert!(Weekend::parse("Funday").is_none());
    }

    #[test]
    fn a_calendar_without_working_days_ends_the_search() {
        let mut calendar = Calendar::default();
        let never = Weekend::parse("Mon Tue Wed Thu Fri Sat Sun").expect("days");
        calendar.mark(day("2020-01-01"), Mark::Weekend(never));
        assert_eq!(calendar.working_day_after(day("2020-01-01"), 1), None);
    }
}
