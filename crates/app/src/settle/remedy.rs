//! What wrong verdicts took: days that are posted, computed once as they are known and once as they
//! would be if what was said wrongly had never been said (R86, R87, I21). Nothing is posted here,
//! and nobody else's line is asked for.
use std::collections::{BTreeMap, BTreeSet};

use appeal::Strike;
use kernel::Day;
use settlement::Line;
use store::CreatorDayRow;

use super::backtest::Lines;
use super::post::settle_carried;
use super::state::State;
use crate::error::Error;
use crate::indicators::{self, Whole};
use crate::programs;
use crate::workspace::Stipend;

/// Of whom something was said wrongly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Struck {
    /// Of a work, by its id.
    Work(String),
    /// Of a creator.
    Creator(String),
}

/// What verdicts took from a creator on a day: what would have been paid less what was, in ledger
/// units. Below nought where the day would have brought less.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Took {
    pub(crate) creator: String,
    pub(crate) day: Day,
    pub(crate) units: i64,
}

/// What verdicts took in a program on the posted days of a time, from those of whom something was
/// said wrongly. Each day is computed under the policy that settled it.
pub(crate) fn took(
    stipend: &mut Stipend,
    program: &str,
    strikes: &[(Struck, Strike)],
    (from, through): (Day, Day),
) -> Result<Vec<Took>, Error> {
    let versions = programs::versions(stipend, Some(program))?;
    let mut state = State::load(stipend, versions)?;
    let days: BTreeSet<Day> = state.runs.range(from..=through).map(|(day, _)| *day).collect();
    if days.is_empty() {
        return Ok(Vec::new());
    }
    let newest = state.runs.keys().next_back().copied().unwrap_or(through);
    let mut open = BTreeSet::new();
    for &day in state.runs.keys() {
        let policy = &state.version_of(day)?.policy;
        if newest.epoch_days() - day.epoch_days() <= policy.correction_days {
            open.insert(day);
        }
    }
    let is = state.lines_of(stipend, days.clone(), &open)?;
    let mut owners: BTreeMap<Day, BTreeSet<String>> = BTreeMap::new();
    for day in &days {
        let policy = &state.version_of(*day)?.policy;
        let of = owners.entry(*day).or_default();
        for (struck, _) in strikes {
            match struck {
                Struck::Creator(creator) => of.extend(std::iter::once(creator.clone())),
                Struck::Work(work) => {
                    let place = state.directory.work_named(work);
                    let facts = place.and_then(|place| state.directory.facts(policy, place, *day));
                    of.extend(facts.and_then(|(facts, _)| facts.creator.clone()));
                }
            }
        }
    }
    for (struck, strike) in strikes {
        match struck {
            Struck::Work(work) => state.directory.strike_work(work, strike),
            Struck::Creator(creator) => state.directory.strike_creator(creator, strike),
        }
    }
    let would = state.lines_of(stipend, days.clone(), &open)?;
    let creators: BTreeSet<&String> = owners.values().flatten().collect();
    let mut all = Vec::new();
    for creator in creators {
        let kept = |lines: &Lines| lines.carried.get(creator).copied().unwrap_or(0);
        let (before, after) = (paid(&is, creator), paid(&would, creator));
        for day in &days {
            let of = |paid: &BTreeMap<Day, i64>| paid.get(day).copied().unwrap_or(0);
            let mut units = of(&after) - of(&before);
            if Some(day) == days.last() {
                // What would be kept for later days is his as well, and is not kept any longer.
                units += kept(&would) - kept(&is);
            }
            all.push(Took { creator: creator.clone(), day: *day, units });
        }
    }
    Ok(all)
}

/// What a creator is paid, by day.
fn paid(lines: &Lines, creator: &str) -> BTreeMap<Day, i64> {
    let of = |lines: &[Line]| {
        let line = lines.iter().find(|line| line.creator == creator);
        line.map_or(0, |line| line.paid)
    };
    lines.days.iter().map(|(day, lines)| (*day, of(lines))).collect()
}

/// The lines of a day that is not over, as if it ended now, with what they are made of.
pub(crate) fn estimate(
    stipend: &mut Stipend,
    program: &str,
    day: Day,
    now_us: i64,
) -> Result<Vec<CreatorDayRow>, Error> {
    let versions = programs::versions(stipend, Some(program))?;
    let state = State::load(stipend, versions)?;
    if state.is_posted(day) || state.segments.is_empty() {
        return Ok(Vec::new());
    }
    let targets = BTreeSet::from([day]);
    let work = state.work(stipend, targets.clone(), &targets)?;
    let mut carried = state.carried_into(stipend, day)?;
    let spent = state.spent_before(day, &BTreeMap::new());
    let policy = state.version_of(day)?.policy.clone();
    let mut rows = Vec::new();
    for group in &work.groups {
        for (counted, counts) in state.count(stipend, &work, group)? {
            if counted != day {
                continue;
            }
            let creators = counts.creators.clone();
            let settled = settle_carried(&policy, day, creators, spent, &mut carried)?;
            let whole = Whole::of(&settled.lines);
            let lines: Vec<(Line, Line)> =
                settled.lines.into_iter().map(|line| (Line::default(), line)).collect();
            rows = indicators::rows(&policy, -1, &lines, &counts.sums, whole, now_us);
        }
    }
    Ok(rows)
}
