//! Numbers of rolling windows, counted from the settled days and the catalog, never from counters
//! that the platform claims (requirements R16 to R18, R25).
use std::collections::{BTreeMap, HashMap};

use catalog::{Facts, WorkFacts};
use kernel::{Day, Zone};
use lake::Table;
use program::Policy;
use program::entry::Window;

use crate::directory::Directory;
use crate::error::Error;
use crate::workspace::Stipend;

/// Days that settling may lag behind before windows are not known any more.
const LAG_DAYS_MAX: i32 = 14;

/// One number that is asked for, of every creator.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    /// Qualified views of a program's settled days, in so many days.
    Views(String, u16),
    /// Minutes of those, where they are kept.
    Watch(String, u16),
    /// Works published in so many days of a zone.
    Posts(String, u16),
    /// The share of those that are original.
    Original(String, u16),
    /// The share of those with one of some grades.
    Graded(String, Vec<String>, u16),
    /// Creators signed with an agency.
    Signed,
}

impl Need {
    fn of(policy: &Policy, window: Window<'_>) -> Need {
        let zone = || policy.zone.name().to_owned();
        match window {
            Window::Views(program, days) => {
                Need::Views(program.unwrap_or(&policy.program).to_owned(), days)
            }
            Window::Watch(program, days) => {
                Need::Watch(program.unwrap_or(&policy.program).to_owned(), days)
            }
            Window::Posts(days) => Need::Posts(zone(), days),
            Window::Original(days) => Need::Original(zone(), days),
            Window::Graded(grades, days) => Need::Graded(zone(), grades.to_vec(), days),
            Window::Signed => Need::Signed,
        }
    }
}

/// Windows that end on the day before a day, of all creators or of one.
pub(crate) struct Windows {
    day: Day,
    /// By what is asked for; by the creator's place.
    numbers: BTreeMap<Need, Vec<i64>>,
    /// Through which day each program's views are counted; none where nothing is settled.
    counted: BTreeMap<String, Option<Day>>,
}

/// Tells works as of a day.
type EachWork<'a> = dyn Fn(&mut dyn FnMut(&WorkFacts)) + 'a;

/// Where numbers come from.
struct Sources<'a> {
    /// The place of a creator, if he is one of those that are counted.
    place: &'a dyn Fn(&str) -> Option<usize>,
    /// Tells the works as of the day.
    works: &'a EachWork<'a>,
    /// Creators signed with each.
    signed: &'a dyn Fn(&mut Stipend) -> Result<Vec<i64>, Error>,
}

/// Recent works of a creator.
#[derive(Clone, Copy, Default)]
struct Recent {
    all: i64,
    good: i64,
}

impl Windows {
    /// Of all creators, by their place in the directory.
    pub(crate) fn of_all(
        stipend: &mut Stipend,
        directory: &Directory,
        policies: &[&Policy],
        day: Day,
    ) -> Result<Windows, Error> {
        let place = |creator: &str| directory.creator_named(creator).map(kernel::cast::index);
        let works = |tell: &mut dyn FnMut(&WorkFacts)| {
            for work in 0..directory.works.len() {
                if let Some(facts) = catalog::as_of(directory.works.versions(work), day) {
                    tell(&facts);
                }
            }
        };
        let signed = |_: &mut Stipend| {
            let mut counts = vec![0; directory.creators.len()];
            for creator in 0..directory.creators.len() {
                let facts = catalog::as_of(directory.creators.versions(creator), day);
                let agency = facts.as_ref().and_then(|facts| facts.agency.as_deref());
                if let Some(at) = agency.and_then(place) {
                    counts[at] += 1;
                }
            }
            Ok(counts)
        };
        let sources = Sources { place: &place, works: &works, signed: &signed };
        Windows::count(stipend, policies, day, directory.creators.len(), &sources)
    }

    /// Of one creator, at place 0.
    pub(crate) fn of_one(
        stipend: &mut Stipend,
        creator: &str,
        policies: &[&Policy],
        day: Day,
    ) -> Result<Windows, Error> {
        let mut known: BTreeMap<String, WorkFacts> = BTreeMap::new();
        stipend.db.each_work_version_of(creator, &mut |work, version| {
            if version.effective <= day {
                known.entry(work.to_owned()).or_default().fold(&version.facts);
            }
        })?;
        let place = |named: &str| (named == creator).then_some(0);
        let works = |tell: &mut dyn FnMut(&WorkFacts)| known.values().for_each(tell);
        let signed = |stipend: &mut Stipend| {
            let mut count = 0;
            for one in stipend.db.creators_of_agency(creator)? {
                let versions = stipend.db.creator_versions(&one)?;
                let facts = catalog::as_of(&versions, day).unwrap_or_default();
                count += i64::from(facts.agency.as_deref() == Some(creator));
            }
            Ok(vec![count])
        };
        let sources = Sources { place: &place, works: &works, signed: &signed };
        Windows::count(stipend, policies, day, 1, &sources)
    }

    fn count(
        stipend: &mut Stipend,
        policies: &[&Policy],
        day: Day,
        creators: usize,
        sources: &Sources<'_>,
    ) -> Result<Windows, Error> {
        let Sources { place, works, signed } = *sources;
        let needs = policies
            .iter()
            .flat_map(|policy| policy.windows().into_iter().map(|window| Need::of(policy, window)));
        let mut windows = Windows { day, numbers: BTreeMap::new(), counted: BTreeMap::new() };
        for need in needs {
            if windows.numbers.contains_key(&need) {
                continue;
            }
            let numbers = match &need {
                Need::Signed => signed(stipend)?,
                Need::Views(program, days) | Need::Watch(program, days) => {
                    let through = match windows.counted.get(program) {
                        Some(through) => *through,
                        None => {
                            let settled = stipend.db.runs(program)?.iter().map(|run| run.day).max();
                            let through = settled.map(|last| last.min(day.plus(-1)));
                            // A program that settles no more says nothing of recent days.
                            let through = through.filter(|last| *last >= day.plus(-LAG_DAYS_MAX));
                            windows.counted.insert(program.clone(), through);
                            through
                        }
                    };
                    let Some(through) = through else { continue };
                    match &need {
                        Need::Watch(..) if !keeps_watch_time(stipend, program)? => continue,
                        Need::Watch(..) => {
                            let window = (through, *days);
                            let ms = sum(stipend, program, "watch_ms", window, creators, place)?;
                            ms.into_iter().map(|ms| ms / 60_000).collect()
                        }
                        _ => {
                            let window = (through, *days);
                            sum(stipend, program, "qualified_views", window, creators, place)?
                        }
                    }
                }
                Need::Posts(zone, days)
                | Need::Original(zone, days)
                | Need::Graded(zone, _, days) => {
                    let zone: Zone = zone.parse().unwrap_or_else(|_| Zone::utc());
                    let from = zone.start_us(day.plus(-i32::from(*days)));
                    let recent = from..zone.start_us(day);
                    posts(&need, &recent, creators, place, works)
                }
            };
            windows.numbers.insert(need, numbers);
        }
        Ok(windows)
    }

    /// The number that a policy asks for, of the creator at a place; none where it cannot be
    /// counted.
    pub(crate) fn get(&self, policy: &Policy, window: Window<'_>, place: usize) -> Option<i64> {
        self.numbers.get(&Need::of(policy, window))?.get(place).copied()
    }

    /// Through which day the views are counted that a policy asks for; none where it asks for none,
    /// or nothing is settled.
    pub(crate) fn counted_for(&self, policy: &Policy) -> Option<Day> {
        let programs = policy.windows().into_iter().filter_map(|window| match window {
            Window::Views(program, _) | Window::Watch(program, _) => {
                Some(program.unwrap_or(&policy.program).to_owned())
            }
            _ => None,
        });
        programs.filter_map(|program| self.counted.get(&program).copied()).min().flatten()
    }

    /// The day before which the windows end.
    pub(crate) fn day(&self) -> Day {
        self.day
    }
}

/// Whether a program keeps the watch time of its views now.
fn keeps_watch_time(stipend: &mut Stipend, program: &str) -> Result<bool, Error> {
    let versions = crate::programs::versions(stipend, Some(program))?;
    Ok(versions.last().is_some_and(|last| last.policy.views.keep_watch_time))
}

/// A number by creator, summed from the lines as they stand of each settled day of a window.
fn sum(
    stipend: &mut Stipend,
    program: &str,
    column: &str,
    (through, days): (Day, u16),
    creators: usize,
    place: &dyn Fn(&str) -> Option<usize>,
) -> Result<Vec<i64>, Error> {
    let mut sums = vec![0; creators];
    let from = through.plus(1 - i32::from(days));
    let mut runs: BTreeMap<Day, Vec<String>> = BTreeMap::new();
    for run in stipend.db.runs(program)? {
        if run.day >= from && run.day <= through {
            runs.entry(run.day).or_default().push(run.lines_path);
        }
    }
    for paths in runs.into_values() {
        // A correction has the creators whose lines changed: the last line of each holds.
        let mut last: HashMap<usize, i64> = HashMap::new();
        let one = paths.len() == 1;
        for path in paths {
            let table = Table::read_parquet(&stipend.lake().join(path))?;
            // Days that were settled before a column was there have none of it.
            let nothing = vec![0; table.rows()];
            let names = table.texts("creator")?;
            let counts = table.ints(column).unwrap_or(&nothing);
            for (name, count) in names.iter().zip(counts) {
                match place(name) {
                    Some(at) if one => sums[at] += count,
                    Some(at) => {
                        last.insert(at, *count);
                    }
                    None => {}
                }
            }
        }
        for (at, count) in last {
            sums[at] += count;
        }
    }
    Ok(sums)
}

/// Recent works by creator: how many, or in percent how many are as wanted.
fn posts(
    need: &Need,
    recent: &std::ops::Range<i64>,
    creators: usize,
    place: &dyn Fn(&str) -> Option<usize>,
    works: &EachWork<'_>,
) -> Vec<i64> {
    let mut found = vec![Recent::default(); creators];
    works(&mut |facts| {
        if !facts.published_us.is_some_and(|at| recent.contains(&at)) {
            return;
        }
        let Some(at) = facts.creator.as_deref().and_then(place) else { return };
        let good = match need {
            Need::Original(..) => facts.original != Some(false),
            Need::Graded(_, grades, _) => {
                facts.quality.as_ref().is_some_and(|grade| grades.contains(grade))
            }
            Need::Views(..) | Need::Watch(..) | Need::Posts(..) | Need::Signed => true,
        };
        found[at].all += 1;
        found[at].good += i64::from(good);
    });
    let number = |recent: Recent| match need {
        Need::Posts(..) | Need::Views(..) | Need::Watch(..) | Need::Signed => recent.all,
        // Who published nothing shows nothing.
        _ if recent.all == 0 => 0,
        _ => recent.good * 100 / recent.all,
    };
    found.into_iter().map(number).collect()
}
