//! What creators' days were made of, as rows that pages and diagnoses read at once (R72, R75, R78).
//! They are made of the tables that runs leave in the lake, when the runs are posted.
use std::collections::BTreeMap;

use kernel::cast;
use lake::Table;
use program::{Policy, Reward};
use serde_json::{Value, json};
use settlement::Line;
use store::CreatorDayRow;

use crate::error::Error;
use crate::workspace::Stipend;
use crate::{programs, records};

/// Sums over a creator's works of a day, or a work's days.
pub(crate) type Sums = BTreeMap<String, CreatorDayRow>;

/// Adds a table of work-days to sums by creator or by work.
pub(crate) fn add(sums: &mut Sums, table: &Table, by: &str) -> Result<(), Error> {
    let keys = table.texts(by)?;
    let int = |name: &str| table.ints(name);
    let (views, accepted) = (int("qualified_views")?, int("accepted")?);
    let (weighted, counted) = (int("score_views")?, int("score_interactions_counted")?);
    let (quality, originality) = (int("quality_ppm")?, int("originality_ppm")?);
    let score = int("score")?;
    let mut effective = Vec::new();
    for name in records::INTERACTIONS {
        effective.push(int(name)?);
    }
    for row in 0..table.rows() {
        if keys[row].is_empty() {
            continue;
        }
        let sum = match sums.get_mut(&keys[row]) {
            Some(sum) => sum,
            None => sums.entry(keys[row].clone()).or_default(),
        };
        sum.views += views[row];
        sum.accepted += accepted[row];
        sum.works += 1;
        sum.weighted += weighted[row];
        sum.interactions += counted[row];
        let base = i128::from(quality[row]) * i128::from(originality[row]) / 1_000_000;
        let graded = i128::from(weighted[row] + counted[row]) * base / 1_000_000;
        sum.graded += i64::try_from(graded).unwrap_or(i64::MAX);
        sum.score += score[row];
        for (count, column) in sum.effective.iter_mut().zip(&effective) {
            *count += column[row];
        }
    }
    Ok(())
}

/// Sums a table of work-days by creator.
pub(crate) fn sums(table: &Table) -> Result<Sums, Error> {
    let mut sums = Sums::new();
    add(&mut sums, table, "creator")?;
    Ok(sums)
}

/// What all creators of a day earned and scored together.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Whole {
    pub(crate) earned: i64,
    pub(crate) score: i128,
}

impl Whole {
    pub(crate) fn of(lines: &[Line]) -> Whole {
        let earned = lines.iter().map(|line| line.earned).sum();
        Whole { earned, score: lines.iter().map(|line| line.score).sum() }
    }
}

/// The rows of a run: each line that changed, with what it was made of.
pub(crate) fn rows(
    policy: &Policy,
    number: i64,
    changes: &[(Line, Line)],
    sums: &Sums,
    whole: Whole,
    now_us: i64,
) -> Vec<CreatorDayRow> {
    let rate = match policy.reward {
        Reward::Rate { per_thousand } => per_thousand,
        Reward::Pool { .. } | Reward::Nothing => 0,
    };
    let small = |value: i128| i64::try_from(value).unwrap_or(i64::MAX);
    let row = |(before, line): &(Line, Line)| {
        let made = sums.get(&line.creator).cloned().unwrap_or_default();
        CreatorDayRow {
            creator: line.creator.clone(),
            number,
            views: line.views,
            score: small(line.score),
            pool: whole.earned,
            all_score: small(whole.score),
            rate,
            earned: line.earned,
            paid: line.paid,
            amount: line.paid - before.paid,
            reason: line.reason.map_or(String::new(), |reason| reason.code().to_owned()),
            recorded_us: now_us,
            ..made
        }
    };
    // The day as a whole stands under no creator's name.
    let day = CreatorDayRow {
        number,
        pool: whole.earned,
        all_score: small(whole.score),
        rate,
        recorded_us: now_us,
        ..CreatorDayRow::default()
    };
    std::iter::once(day).chain(changes.iter().map(row)).collect()
}

/// Makes the rows of runs that have none: of settlements from before there were any.
pub(crate) fn backlog(stipend: &mut Stipend, now_us: i64) -> Result<Value, Error> {
    let versions = programs::all(stipend)?;
    let mut names: Vec<&str> = versions.iter().map(|one| one.row.program.as_str()).collect();
    names.dedup();
    let mut added = 0_u64;
    for name in names {
        let mut standing: BTreeMap<kernel::Day, BTreeMap<String, Line>> = BTreeMap::new();
        for run in stipend.db.runs(name)? {
            let lines = Table::read_parquet(&stipend.lake().join(&run.lines_path))?;
            let amounts = lines.ints("amount")?.to_vec();
            let now = records::read_lines(&lines)?;
            let held = standing.entry(run.day).or_default();
            let changes: Vec<(Line, Line)> = now
                .into_iter()
                .zip(amounts)
                .map(|(line, amount)| {
                    let paid = line.paid - amount;
                    (Line { paid, ..Line::default() }, line)
                })
                .collect();
            held.extend(changes.iter().map(|(_, line)| (line.creator.clone(), line.clone())));
            if stipend.db.count_creator_days(name, run.day, run.number)? > 0 {
                continue;
            }
            let version = versions
                .iter()
                .find(|one| one.row.program == name && one.row.version == run.policy_version);
            let Some(version) = version else { continue };
            let work_days = Table::read_parquet(&stipend.lake().join(&run.work_days_path))?;
            let all: Vec<Line> = held.values().cloned().collect();
            let (sums, whole) = (sums(&work_days)?, Whole::of(&all));
            let rows = rows(&version.policy, run.number, &changes, &sums, whole, now_us);
            added += cast::wide(rows.len());
            stipend.db.write(|db| db.add_creator_days(name, run.day, &rows))?;
        }
    }
    Ok(json!({ "added": added }))
}
