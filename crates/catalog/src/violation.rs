//! Violations of an account: a list of days, each with how serious it was (R23, R24).
use std::fmt;
use std::str::FromStr;

use kernel::Day;

use crate::word::{Word, parse_word};

/// How serious a violation was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A warning.
    Minor,
    /// A penalty.
    Serious,
}

impl Word for Severity {
    const WORDS: &'static [(Self, &'static str)] =
        &[(Severity::Minor, "minor"), (Severity::Serious, "serious")];
}

/// Violations that one account may have on its list.
pub const VIOLATIONS_MAX: usize = 100;

/// All violations that count, in the order of their days. As text: `2026-05-20 serious,
/// 2026-06-01 minor`, or `none`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Violations(Vec<(Day, Severity)>);

impl Violations {
    /// Days and severities, in order of days.
    #[must_use]
    pub fn all(&self) -> &[(Day, Severity)] {
        &self.0
    }
}

impl FromStr for Violations {
    type Err = String;
    fn from_str(text: &str) -> Result<Violations, String> {
        let mut found = Vec::new();
        // A file cannot say "none" by an empty cell: that is "not said".
        let text = if text == "none" { "" } else { text };
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let wrong = || format!("`{part}` is no violation: write it like `2026-05-20 serious`");
            let (day, severity) = part.split_once(' ').ok_or_else(wrong)?;
            let day = day.parse().map_err(|_| wrong())?;
            let severity = parse_word(severity.trim()).map_err(|_| wrong())?;
            found.push((day, severity));
        }
        if found.len() > VIOLATIONS_MAX {
            return Err(format!("at most {VIOLATIONS_MAX} violations are kept"));
        }
        found.sort_unstable();
        Ok(Violations(found))
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return out.write_str("none");
        }
        for (place, (day, severity)) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(out, "{comma}{day} {}", severity.word())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_violations() {
        let cases = [
            ("none", Ok("none")),
            ("", Ok("none")),
            ("2026-06-01 minor,2026-05-20 serious", Ok("2026-05-20 serious, 2026-06-01 minor")),
            ("2026-06-01", Err("no violation")),
            ("2026-06-31 minor", Err("no violation")),
            ("2026-06-01 fatal", Err("no violation")),
        ];
        for (text, expected) in cases {
            let found = text.parse::<Violations>().map(|found| found.to_string());
            match expected {
                Ok(expected) => assert_eq!(found.as_deref(), Ok(expected)),
                Err(part) => assert!(found.is_err_and(|error| error.contains(part)), "{text}"),
            }
        }
    }
}
