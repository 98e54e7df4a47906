//! A creator's works by what they brought, and why each brought more or less than his others (R76,
//! R80).
use std::collections::{BTreeMap, BTreeSet};

use kernel::{Asset, Day, allocate};
use lake::{Selected, Table};
use metering::Verdict;
use serde_json::{Value, json};
use settlement::attribution::{Period, attribute};
use store::{CreatorDayRow, RunRow};

use crate::diagnosis;
use crate::error::Error;
use crate::indicators::{self, Sums};
use crate::programs;
use crate::records;
use crate::trends::{self, Indicators};
use crate::workspace::Stipend;

/// Days of one answer: each day's table is read.
pub const DAYS_MAX: i32 = 31;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// The program; may be left out where there is only one.
    pub program: Option<&'a str>,
    /// The creator.
    pub creator: &'a str,
    /// The days, both included.
    pub between: (Day, Day),
    /// The language of texts.
    pub language: &'a str,
    /// Days that are shown later are left out, as for their creator.
    pub shown_us: Option<i64>,
    /// The most works that are named: those that brought most.
    pub limit: usize,
}

/// Columns of a day's table that an answer is made of.
fn columns() -> Vec<&'static str> {
    let mut columns = vec!["work", "accepted", "quality_ppm", "originality_ppm", "score_views"];
    columns.extend(["score_interactions_counted", "score"]);
    columns.extend(records::INTERACTIONS);
    columns.extend(Verdict::ALL.map(records::column_of));
    columns
}

/// What a creator's works did over a time.
#[derive(Default)]
struct Works {
    sums: Sums,
    verdicts: BTreeMap<String, BTreeMap<&'static str, i64>>,
    /// What was paid for days on which no work of his scored: carried from days before.
    of_no_work: i64,
}

impl Works {
    /// Adds a day, with what was paid for it.
    fn add(&mut self, table: &Table, paid: i64, unit: i64) -> Result<(), Error> {
        indicators::add(&mut self.sums, table, "work")?;
        let works = table.texts("work")?;
        for verdict in Verdict::ALL {
            let counts = table.ints(records::column_of(verdict))?;
            for (work, count) in works.iter().zip(counts).filter(|(_, count)| **count > 0) {
                let of_work = self.verdicts.entry(work.clone()).or_default();
                *of_work.entry(verdict.code()).or_default() += count;
            }
        }
        match split(table.ints("score")?, paid, unit)? {
            None => self.of_no_work += paid,
            Some(parts) => {
                for (work, part) in works.iter().zip(parts) {
                    if let Some(sum) = self.sums.get_mut(work) {
                        sum.paid += part;
                    }
                }
            }
        }
        Ok(())
    }

    /// The average work: all of them together, divided.
    fn average(&self) -> Period {
        let mut all = Period::default();
        for sum in self.sums.values() {
            let one = period(sum);
            all.views += one.views;
            all.weighted += one.weighted;
            all.interactions += one.interactions;
            all.graded += one.graded;
            all.score += one.score;
            all.earned += one.earned;
        }
        let count = i64::try_from(self.sums.len()).unwrap_or(i64::MAX).max(1);
        let wide = i128::from(count);
        let earned = all.earned / count;
        Period {
            views: all.views / count,
            weighted: all.weighted / wide,
            interactions: all.interactions / wide,
            graded: all.graded / wide,
            score: all.score / wide,
            earned,
            paid: earned,
            ..Period::default()
        }
    }
}

/// What was paid for a day, split over the works of a creator by their scores, in the units that
/// the program settles to, the rest of rounding to the largest remainders. Nothing where no work
/// scored.
fn split(scores: &[i64], paid: i64, unit: i64) -> Result<Option<Vec<i64>>, Error> {
    // A version before may have settled to finer units.
    let unit = if paid % unit == 0 { unit } else { 1 };
    let weights: Vec<i128> = scores.iter().map(|score| i128::from(*score)).collect();
    if weights.iter().all(|weight| *weight == 0) || paid < 0 {
        return Ok(None);
    }
    let parts =
        allocate(paid / unit, &weights).map_err(|error| Error::Refused(error.to_string()))?;
    Ok(Some(parts.into_iter().map(|part| part * unit).collect()))
}

/// What the works of some creators were paid of a day, as it stands after a run: by creator and
/// work. The day's table is read once.
pub(crate) fn of_day(
    stipend: &mut Stipend,
    run: &RunRow,
    creators: BTreeSet<String>,
    unit: i64,
) -> Result<BTreeMap<(String, String), i64>, Error> {
    let mut found = BTreeMap::new();
    if creators.is_empty() {
        return Ok(found);
    }
    let path = stipend.lake().join(&run.work_days_path);
    let table = Selected::all(&path)?.read(&["creator", "work", "score"])?;
    let (works, scores) = (table.texts("work")?, table.ints("score")?);
    let mut of: BTreeMap<String, (Vec<&String>, Vec<i64>)> =
        creators.into_iter().map(|creator| (creator, Default::default())).collect();
    for (row, creator) in table.texts("creator")?.iter().enumerate() {
        if let Some((own, own_scores)) = of.get_mut(creator) {
            own.push(&works[row]);
            own_scores.push(scores[row]);
        }
    }
    for (creator, (works, scores)) in of {
        let days = stipend.db.creator_days(&run.program, &creator, (run.day, run.day))?;
        let line = days.iter().rfind(|(_, row)| (0..=run.number).contains(&row.number));
        let paid = line.map_or(0, |(_, row)| row.paid);
        let parts = split(&scores, paid, unit)?.unwrap_or_default();
        for (work, units) in works.into_iter().zip(parts) {
            found.insert((creator.clone(), work.clone()), units);
        }
    }
    Ok(found)
}

/// A work's days as one period. A day's price is what a score brought on it.
fn period(sum: &CreatorDayRow) -> Period {
    Period {
        views: sum.views,
        weighted: i128::from(sum.weighted),
        interactions: i128::from(sum.interactions),
        graded: i128::from(sum.graded),
        score: i128::from(sum.score),
        earned: sum.paid,
        paid: sum.paid,
        ..Period::default()
    }
}

/// A work in the answer: what it did, and what made it bring more or less than the average work.
fn shown(rank: usize, work: &str, works: &Works, average: &Period, ask: (&Asset, &str)) -> Value {
    let (asset, language) = ask;
    let sum = works.sums.get(work).cloned().unwrap_or_default();
    let mut body = json!(Indicators::of(&sum));
    let counts: Vec<Value> = works
        .verdicts
        .get(work)
        .into_iter()
        .flatten()
        .map(|(code, count)| diagnosis::counted(code, *count, language))
        .collect();
    let parts: Vec<Value> = attribute(average, &period(&sum))
        .into_iter()
        .filter(|(_, units)| *units != 0)
        .map(|(factor, units)| trends::part(factor, units, asset, language))
        .collect();
    body["rank"] = json!(rank);
    body["work"] = json!(work);
    body["amount"] = json!(asset.format(sum.paid));
    body["verdicts"] = json!(counts);
    body["against_average"] = json!(asset.format(sum.paid - average.paid));
    body["parts"] = json!(parts);
    body
}

/// A creator's works by what they brought over a time, those that brought most first, ties by id;
/// each beside the average of his works, the difference split over what it came from.
///
/// # Errors
/// [`Error::Missing`] without such a creator or program; [`Error::Refused`] for too long a time.
pub fn ranking(stipend: &mut Stipend, ask: &Question<'_>) -> Result<Value, Error> {
    let (from, through) = ask.between;
    if through < from || through.epoch_days() - from.epoch_days() >= DAYS_MAX {
        let text = format!("works are compared over 1 to {DAYS_MAX} days, the first named first");
        return Err(Error::Refused(text));
    }
    crate::wallet::known(&mut stipend.db, ask.creator)?;
    let mut versions = programs::versions(stipend, ask.program)?;
    let missing = || Error::Missing("the program has no version".to_owned());
    let version = versions.pop().ok_or_else(missing)?;
    let unit = version.policy.scale.units();
    let (program, asset) = (version.row.program, version.policy.asset);
    let mut runs = BTreeMap::new();
    for run in stipend.db.runs_between(&program, ask.between)? {
        if ask.shown_us.is_none_or(|now_us| run.publish_us <= now_us) {
            runs.insert(run.day, run);
        }
    }
    let rows = stipend.db.creator_days(&program, ask.creator, ask.between)?;
    let mut works = Works::default();
    let columns = columns();
    for (day, run) in &runs {
        let row =
            rows.iter().rfind(|(of, row)| of == day && (0..=run.number).contains(&row.number));
        let path = stipend.lake().join(&run.work_days_path);
        let table = Selected::of(&path, "creator", ask.creator)?.read(&columns)?;
        works.add(&table, row.map_or(0, |(_, row)| row.paid), unit)?;
    }
    let average = works.average();
    let mut order: Vec<(&String, &CreatorDayRow)> = works.sums.iter().collect();
    order.sort_by_key(|(work, sum)| (std::cmp::Reverse((sum.paid, sum.views)), (*work).clone()));
    let total: i64 = works.sums.values().map(|sum| sum.paid).sum();
    let items: Vec<Value> = order
        .iter()
        .take(ask.limit)
        .enumerate()
        .map(|(place, (work, _))| shown(place + 1, work, &works, &average, (&asset, ask.language)))
        .collect();
    Ok(json!({
        "creator": ask.creator,
        "program": program,
        "currency": asset.code(),
        "from": from.to_string(),
        "through": through.to_string(),
        "works": order.len(),
        "average": asset.format(average.paid),
        "total": asset.format(total + works.of_no_work),
        "of_no_work": asset.format(works.of_no_work),
        "items": items,
    }))
}
