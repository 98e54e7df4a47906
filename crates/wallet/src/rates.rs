//! Rates of exchange, and what an amount becomes in another asset (N6, R96).
//!
//! A rate says how much of an asset one unit of the source's base is. An amount goes over the base
//! exactly, as a ratio of two integers, and is rounded once: down, to whole minor units.
use std::collections::BTreeMap;

use kernel::money::{UNITS_PER_MINOR, parse_decimal};
use kernel::{Asset, Day};

/// Digits after the point that a rate may have.
pub const RATE_DIGITS: u32 = 8;

/// Rates of one day.
pub type Row = BTreeMap<String, i64>;

/// What the European Central Bank calls one.
pub const ECB_BASE: &str = "EUR";

/// Why a table of rates is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct RatesError {
    /// Where.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// Reads the ECB's file of reference rates: a header `Date,USD,JPY,…`, then a row for each day;
/// `N/A` where there is none. Rows come in any order.
///
/// # Errors
/// The first line that is wrong; nothing of the file is used then.
pub fn parse_ecb(text: &str) -> Result<BTreeMap<Day, Row>, RatesError> {
    let wrong = |line: usize, message: String| RatesError { line, message };
    let mut lines = text.lines().enumerate();
    let head = lines.next().map(|(_, line)| line.trim_start_matches('\u{feff}'));
    let head: Vec<&str> = head.unwrap_or_default().split(',').map(str::trim).collect();
    if head.first() != Some(&"Date") || head.len() < 2 {
        let message = "the first line is not `Date,` and currencies, as in eurofxref-hist.csv";
        return Err(wrong(1, message.to_owned()));
    }
    let codes = head.get(1..).unwrap_or_default();
    let is_code = |code: &&str| code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase());
    if let Some(code) = codes.iter().find(|code| !code.is_empty() && !is_code(code)) {
        return Err(wrong(1, format!("`{}` is no currency code", shorten(code))));
    }
    let mut days = BTreeMap::new();
    for (number, line) in lines {
        if line.trim().is_empty() {
            continue;
        }
        let at = number + 1;
        let mut cells = line.split(',').map(str::trim);
        let day: Day = cells
            .next()
            .unwrap_or_default()
            .parse()
            .map_err(|error: kernel::day::DayError| wrong(at, error.to_string()))?;
        let mut row = Row::new();
        for code in codes {
            let cell = cells
                .next()
                .ok_or_else(|| wrong(at, "there are fewer cells than currencies".to_owned()))?;
            if code.is_empty() || cell.is_empty() || cell == "N/A" {
                continue;
            }
            let rate = parse_decimal(cell, RATE_DIGITS).ok().filter(|rate| *rate > 0);
            let message = || format!("{code}: `{}` is no rate", shorten(cell));
            row.insert((*code).to_owned(), rate.ok_or_else(|| wrong(at, message()))?);
        }
        if cells.any(|cell| !cell.is_empty()) {
            return Err(wrong(at, "there are more cells than currencies".to_owned()));
        }
        if days.insert(day, row).is_some() {
            return Err(wrong(at, format!("{day} stands twice")));
        }
    }
    if days.is_empty() {
        return Err(wrong(2, "there are no rates".to_owned()));
    }
    Ok(days)
}

fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

/// The rates that are known on a day: the last row on or before it, and for each asset the day on
/// which it was last given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Whose rates.
    pub source: String,
    /// What one is.
    pub base: String,
    /// The day of the newest row.
    pub day: Option<Day>,
    /// That row.
    pub row: Row,
    /// The last day of assets that are not in it and were before.
    pub ended: BTreeMap<String, Day>,
}

/// A rate that an amount was exchanged at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// Whose.
    pub source: String,
    /// Of which day.
    pub day: Day,
    /// How much of what is given one of the base is, times 10^8.
    pub from: i64,
    /// How much of what is got one of the base is, times 10^8.
    pub to: i64,
}

/// Why there is no rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoRate {
    /// None was ever given.
    #[error("no rate is known for {0}")]
    Missing(String),
    /// The newest is too old.
    #[error("the newest rates are of {0}, which is too long ago")]
    Stale(Day),
    /// The source stopped to give it.
    #[error("there are no rates for {0} since {1}")]
    Ended(String, Day),
}

impl Known {
    /// The rate between two assets, on a day: no older than `stale_days`.
    ///
    /// # Errors
    /// [`NoRate`]: an old rate is never used in silence.
    pub fn rate(
        &self,
        (from, to): (&str, &str),
        today: Day,
        stale_days: u16,
    ) -> Result<Rate, NoRate> {
        let Some(day) = self.day else { return Err(NoRate::Missing(to.to_owned())) };
        if day.plus(i32::from(stale_days)) < today {
            return Err(NoRate::Stale(day));
        }
        let one = 10_i64.pow(RATE_DIGITS);
        let find = |code: &str| {
            if code == self.base {
                return Ok(one);
            }
            let ended = || match self.ended.get(code) {
                Some(last) => NoRate::Ended(code.to_owned(), *last),
                None => NoRate::Missing(code.to_owned()),
            };
            self.row.get(code).copied().ok_or_else(ended)
        };
        Ok(Rate { source: self.source.clone(), day, from: find(from)?, to: find(to)? })
    }
}

impl Rate {
    /// An amount of `from` in ledger units as whole minor units of `to`, in ledger units: rounded
    /// down. Nothing when it does not fit.
    #[must_use]
    pub fn exchange(&self, amount: i64, from: &Asset, to: &Asset) -> Option<i64> {
        let minor = self.ratio(amount, from, to, i128::from(UNITS_PER_MINOR))?;
        i64::try_from(minor).ok()?.checked_mul(UNITS_PER_MINOR)
    }

    /// The least amount of `from` that is worth at least `amount` of `to`, as whole minor units.
    #[must_use]
    pub fn worth(&self, amount: i64, from: &Asset, to: &Asset) -> Option<i64> {
        let back = Rate { from: self.to, to: self.from, ..self.clone() };
        let down = back.exchange(amount, to, from)?;
        let enough = |units: i64| {
            let units = self.ratio(units, from, to, 1);
            units.is_some_and(|units| units >= i128::from(amount))
        };
        if enough(down) { Some(down) } else { down.checked_add(UNITS_PER_MINOR) }
    }

    /// `amount` of `from` in units of `to` of which `unit` ledger units are one, rounded down.
    fn ratio(&self, amount: i64, from: &Asset, to: &Asset, unit: i128) -> Option<i128> {
        let digits = |asset: &Asset| 10_i128.checked_pow(asset.minor_digits());
        let up = i128::from(amount).checked_mul(i128::from(self.to))?.checked_mul(digits(to)?)?;
        let down = i128::from(self.from).checked_mul(digits(from)?)?.checked_mul(unit)?;
        Some(up.div_euclid(down))
    }

    /// The rate as decimal text, to eight digits, for people.
    #[must_use]
    pub fn text(&self) -> String {
        let scaled = i128::from(self.to) * 10_i128.pow(RATE_DIGITS) / i128::from(self.from);
        let scaled = i64::try_from(scaled).unwrap_or(i64::MAX);
        let text = kernel::money::format_decimal(scaled, RATE_DIGITS);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let text = "Date,USD,JPY,HRK,KWD,\n2024-12-31,1.0389,163.06,N/A,0.32,\n\
                    2022-12-30,1.0666,140.66,7.5365,0.33,\n";
        let days = parse_ecb(text).expect("rates");
        let (day, row) = days.last_key_value().expect("a day");
        let ended = BTreeMap::from([("HRK".to_owned(), "2022-12-30".parse().expect("a day"))]);
        let (source, base) = ("ecb".to_owned(), "EUR".to_owned());
        Known { source, base, day: Some(*day), row: row.clone(), ended }
    }

    #[test]
    fn amounts_are_exchanged_exactly_and_rounded_down() {
        let known = known();
        let today = "2025-01-02".parse().expect("a day");
        let cases = [
            ("EUR", "USD", "100.00", "103.89"),
            ("USD", "EUR", "100.00", "96.25"),
            ("USD", "JPY", "1.00", "156"),
            ("JPY", "USD", "1", "0.00"),
            ("JPY", "KWD", "100000", "196.246"),
            ("EUR", "EUR", "1.23", "1.23"),
        ];
        for (from, to, amount, expected) in cases {
            let rate = known.rate((from, to), today, 5).expect("a rate");
            let (from, to) = (Asset::of(from).expect("one"), Asset::of(to).expect("one"));
            let got = rate.exchange(from.parse(amount).expect("an amount"), &from, &to);
            assert_eq!(got.map(|units| to.format(units)).as_deref(), Some(expected), "{to}");
        }
        let rate = known.rate(("USD", "EUR"), today, 5).expect("a rate");
        let (usd, eur) = (Asset::of("USD").expect("one"), Asset::of("EUR").expect("one"));
        let least = rate.worth(eur.parse("100").expect("an amount"), &usd, &eur);
        assert_eq!(least.map(|units| usd.format(units)).as_deref(), Some("103.89"));
    }

    #[test]
    fn no_old_rate_is_used_in_silence() {
        let known = known();
        let day = |text: &str| text.parse::<Day>().expect("a day");
        let ask = |to: &str, today: &str| known.rate(("EUR", to), day(today), 5);
        assert!(ask("USD", "2025-01-05").is_ok());
        assert_eq!(ask("USD", "2025-01-06"), Err(NoRate::Stale(day("2024-12-31"))));
        assert_eq!(ask("HRK", "2025-01-02"), Err(NoRate::Ended("HRK".into(), day("2022-12-30"))));
        assert_eq!(ask("XAF", "2025-01-02"), Err(NoRate::Missing("XAF".into())));
        let never = Known::default();
        assert!(matches!(
            never.rate(("EUR", "USD"), day("2025-01-02"), 5),
            Err(NoRate::Missing(_))
        ));
    }

    #[test]
    fn tables_that_are_wrong_name_their_line() {
        let cases = [
            ("", 1),
            ("Day,USD\n", 1),
            ("Date,usd\n2024-01-02,1\n", 1),
            ("Date,USD\n", 2),
            ("Date,USD\n2024-01-02,1\n2024-01-03,x\n", 3),
            ("Date,USD\n2024-01-02,0\n", 2),
            ("Date,USD\n2024-01-02,-1\n", 2),
            ("Date,USD\n2024-01-02\n", 2),
            ("Date,USD\n2024-01-02,1,2\n", 2),
            ("Date,USD\n2024-01-02,1\n2024-01-02,1\n", 3),
        ];
        for (text, line) in cases {
            assert_eq!(parse_ecb(text).map_err(|error| error.line), Err(line), "{text:?}");
        }
    }
}
