//! On which days is paid (R95), and when it arrives. The days of a schedule depend on nothing but
//! the schedule: holidays and daylight saving move the date on which money arrives, not whose turn
//! it is.
use kernel::{Calendar, Day};

/// How often a creator is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schedule {
    /// When he asks.
    OnDemand,
    /// On a day of each week: 0 is Monday.
    Weekly(usize),
    /// On a day of each month; in shorter months on their last.
    Monthly(i32),
}

impl Schedule {
    /// Words of schedules.
    pub const WORDS: [&'static str; 3] = ["on-demand", "weekly", "monthly"];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Schedule::OnDemand => "on-demand",
            Schedule::Weekly(_) => "weekly",
            Schedule::Monthly(_) => "monthly",
        }
    }

    /// Whether all that is available is paid on a day by itself.
    #[must_use]
    pub fn pays_on(self, day: Day) -> bool {
        match self {
            Schedule::OnDemand => false,
            Schedule::Weekly(weekday) => day.weekday() == weekday,
            Schedule::Monthly(wanted) => day == in_month(day, wanted),
        }
    }

    /// The first pay day after a day.
    #[must_use]
    pub fn next(self, after: Day) -> Option<Day> {
        match self {
            Schedule::OnDemand => None,
            _ => (1..=31).map(|ahead| after.plus(ahead)).find(|day| self.pays_on(*day)),
        }
    }
}

/// A day of the month that `day` is in, no later than its last.
fn in_month(day: Day, wanted: i32) -> Day {
    let first = day.month_start();
    let last = first.plus(31).month_start().plus(-1);
    first.plus(wanted.max(1) - 1).min(last)
}

/// The day on which a bank does what is asked of it on `day`: itself, or the next that is worked
/// on.
#[must_use]
pub fn executed(day: Day, calendar: &Calendar) -> Day {
    if calendar.is_working(day) {
        return day;
    }
    calendar.working_day_after(day, 1).unwrap_or(day)
}

/// The day on which money should be there.
#[must_use]
pub fn arrives(day: Day, working_days: u16, calendar: &Calendar) -> Day {
    let executed = executed(day, calendar);
    calendar.working_day_after(executed, working_days).unwrap_or(executed)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use kernel::calendar::Mark;

    use super::*;

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    /// Every schedule over eleven years: no week or month without a pay day, none with two.
    #[test]
    fn no_gap_and_no_double_in_eleven_years() {
        let (first, last) = (day("2020-01-01"), day("2030-12-31"));
        let all: Vec<Day> = (0..).map(|n| first.plus(n)).take_while(|day| *day <= last).collect();
        for weekday in 0..7 {
            let schedule = Schedule::Weekly(weekday);
            let days: Vec<&Day> = all.iter().filter(|day| schedule.pays_on(**day)).collect();
            for pair in days.windows(2) {
                assert_eq!(pair[1].epoch_days() - pair[0].epoch_days(), 7, "{weekday}");
                assert_eq!(schedule.next(*pair[0]), Some(*pair[1]), "{weekday}");
            }
            assert!(days.len() >= 573, "{weekday}: {}", days.len());
        }
        for wanted in 1..=31 {
            let schedule = Schedule::Monthly(wanted);
            let days: Vec<Day> = all.iter().copied().filter(|day| schedule.pays_on(*day)).collect();
            let months: BTreeSet<Day> = days.iter().map(|day| day.month_start()).collect();
            assert_eq!((days.len(), months.len()), (132, 132), "{wanted}");
            for pair in days.windows(2) {
                assert_eq!(schedule.next(pair[0]), Some(pair[1]), "{wanted}");
            }
        }
        assert!(all.iter().all(|day| !Schedule::OnDemand.pays_on(*day)));
    }

    #[test]
    fn holidays_move_the_date_only() {
        // TARGET is closed on Good Friday and Easter Monday.
        let mut target = Calendar::default();
        for holiday in ["2026-04-03", "2026-04-06", "2026-12-25"] {
            target.mark(day(holiday), Mark::Holiday);
        }
        let cases = [
            ("2026-04-02", 0, "2026-04-02"),
            ("2026-04-02", 1, "2026-04-07"),
            ("2026-04-06", 0, "2026-04-07"),
            ("2026-04-06", 1, "2026-04-08"),
            ("2026-12-25", 1, "2026-12-29"),
            ("2026-03-29", 1, "2026-03-31"), // the clocks change
        ];
        for (from, days, expected) in cases {
            assert_eq!(arrives(day(from), days, &target), day(expected), "{from} {days}");
        }
    }
}
