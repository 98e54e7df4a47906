//! The transparency report: what was decided in a time, why, how often it was appealed, how often
//! that was right, how long it took, and what was paid back.
use std::collections::BTreeMap;

use appeal::State;
use kernel::{Day, Zone};
use serde_json::{Value, json};
use store::AppealRow;

use crate::error::Error;
use crate::workspace::Stipend;

/// One line of the report: a matter and a reason, or all of them together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// Cases that were filed.
    pub filed: i64,
    /// Cases that were answered.
    pub answered: i64,
    /// Of them those that were right.
    pub overturned: i64,
    /// Cases that were answered late.
    pub late: i64,
    /// How long each answer took, in microseconds.
    took: Vec<i64>,
}

impl Line {
    fn add(&mut self, row: &AppealRow, from_us: i64, to_us: i64) {
        let inside = |at: i64| (from_us..to_us).contains(&at);
        self.filed += i64::from(inside(row.created_us));
        let Some(decided_us) = row.decided_us.filter(|at| inside(*at)) else { return };
        self.answered += 1;
        let right = matches!(
            State::from_word(&row.state),
            Some(State::Overturned | State::Recomputed | State::BackPaid)
        );
        self.overturned += i64::from(right);
        self.late += i64::from(decided_us > row.due_us);
        self.took.push(decided_us - row.created_us);
    }

    /// The median time to an answer, in whole minutes.
    #[must_use]
    pub fn median_minutes(&self) -> Option<i64> {
        let mut took = self.took.clone();
        took.sort_unstable();
        let middle = took.get(took.len().checked_sub(1)? / 2)?;
        Some(middle / 60_000_000)
    }

    fn to_json(&self, matter: &str, reason: &str) -> Value {
        let share = (self.overturned * 1_000_000).checked_div(self.answered);
        json!({
            "matter": matter,
            "reason": reason,
            "filed": self.filed,
            "answered": self.answered,
            "overturned": self.overturned,
            "overturned_ppm": share,
            "late": self.late,
            "median_minutes": self.median_minutes(),
        })
    }
}

/// The report of a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The first day, in UTC.
    pub from: Day,
    /// The last.
    pub through: Day,
    /// By matter and reason; the empty reason is all of a matter, the empty matter all cases.
    pub lines: BTreeMap<(String, String), Line>,
    /// Memberships by state, as decided in that time.
    pub decisions: BTreeMap<String, i64>,
    /// Copyright claims that were filed, and that ended, by state.
    pub claims: BTreeMap<String, i64>,
    /// Money that was paid back, by currency, in ledger units.
    pub restored: BTreeMap<String, i64>,
}

/// Makes the report of some days.
///
/// # Errors
/// [`Error::Refused`] for days in the wrong order; when the database fails.
pub fn report(stipend: &mut Stipend, from: Day, through: Day) -> Result<Report, Error> {
    if through < from {
        return Err(Error::Refused("the first day is named first".to_owned()));
    }
    let zone = Zone::utc();
    let (from_us, to_us) = (zone.start_us(from), zone.end_us(through));
    let mut lines: BTreeMap<(String, String), Line> = BTreeMap::new();
    let mut restored: BTreeMap<String, i64> = BTreeMap::new();
    for row in stipend.db.appeals_between(from_us, to_us)? {
        let codes: Vec<String> = serde_json::from_str(&row.codes).unwrap_or_default();
        let matter = row.matter.as_str();
        let of_codes = codes.iter().map(|code| (matter.to_owned(), code.clone()));
        let mut keys: Vec<(String, String)> = of_codes.collect();
        keys.push((matter.to_owned(), String::new()));
        // What the platform makes good by itself is nobody's appeal.
        if matter != crate::remedies::MATTER {
            keys.push((String::new(), String::new()));
        }
        for key in keys {
            lines.entry(key).or_default().add(&row, from_us, to_us);
        }
    }
    for (asset, units) in stipend.db.restored_between(from_us, to_us)? {
        restored.insert(asset, units);
    }
    let decisions = stipend.db.steps_between(from_us, to_us)?.into_iter().collect();
    let claims = stipend.db.copyrights_between(from_us, to_us)?.into_iter().collect();
    Ok(Report { from, through, lines, decisions, claims, restored })
}

impl Report {
    /// As the API shows it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let lines: Vec<Value> = self
            .lines
            .iter()
            .map(|((matter, reason), line)| line.to_json(matter, reason))
            .collect();
        let restored: Vec<Value> = self
            .restored
            .iter()
            .map(|(code, units)| {
                json!({ "currency": code, "amount": kernel::money::shown(code, *units) })
            })
            .collect();
        json!({
            "from": self.from.to_string(),
            "through": self.through.to_string(),
            "appeals": lines,
            "decisions": self.decisions,
            "claims": self.claims,
            "restored": restored,
        })
    }

    /// As CSV: what, matter or state or currency, reason, numbers.
    ///
    /// # Errors
    /// [`Error::Refused`] when it cannot be written.
    pub fn to_csv(&self) -> Result<String, Error> {
        let refuse = |error: String| Error::Refused(error);
        let mut sheet = csv::Writer::from_writer(Vec::new());
        let head = [
            "what",
            "of",
            "reason",
            "filed",
            "answered",
            "overturned",
            "late",
            "median_minutes",
            "amount",
        ];
        let mut write =
            |row: [String; 9]| sheet.write_record(row).map_err(|error| refuse(error.to_string()));
        write(head.map(str::to_owned))?;
        let none = String::new;
        for ((matter, reason), line) in &self.lines {
            write([
                "appeals".to_owned(),
                matter.clone(),
                reason.clone(),
                line.filed.to_string(),
                line.answered.to_string(),
                line.overturned.to_string(),
                line.late.to_string(),
                line.median_minutes().map_or_else(none, |minutes| minutes.to_string()),
                none(),
            ])?;
        }
        for (what, counts) in [("decisions", &self.decisions), ("claims", &self.claims)] {
            for (state, count) in counts {
                let mut row = [(); 9].map(|()| none());
                (row[0], row[1], row[8]) = (what.to_owned(), state.clone(), count.to_string());
                write(row)?;
            }
        }
        for (code, units) in &self.restored {
            let mut row = [(); 9].map(|()| none());
            let amount = kernel::money::shown(code, *units);
            (row[0], row[1], row[8]) = ("restored".to_owned(), code.clone(), amount);
            write(row)?;
        }
        let bytes = sheet.into_inner().map_err(|error| refuse(error.to_string()))?;
        String::from_utf8(bytes).map_err(|error| refuse(error.to_string()))
    }
}
