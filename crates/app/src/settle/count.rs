//! Counting: events to work-days, work-days to what creators bring to a day.
use std::collections::{BTreeMap, BTreeSet, HashMap};

use kernel::{Day, Reason, cast};
use metering::{Rules, TargetDays, UnknownDay, Verdict, WorkTable};
use program::Policy;
use settlement::{CreatorDay, score};
use sha2::{Digest, Sha256};
use store::SegmentRow;

use super::state::State;
use crate::directory::{Directory, Factors};
use crate::error::Error;
use crate::indicators;
use crate::metering::{Astray, Closed, Job};
use crate::programs::{self, Published};
use crate::records::{self, Scored};
use crate::threads;
use crate::workspace::Stipend;

/// Works times days that are counted in one go, if there are several days.
const GROUP_WORKS: usize = 1 << 19;

/// What is to be counted, and what counting needs to know of the whole log.
pub(super) struct Work {
    pub(super) groups: Vec<Group>,
    pub(super) closed: Vec<Closed>,
    pub(super) astray: Astray,
}

/// Days in a row that one version settles, to be counted in one go.
pub(super) struct Group {
    version: i64,
    pub(super) days: Vec<Day>,
}

/// A day as it was counted: what creators bring to it, and its work-days ready to be written.
pub(super) struct DayCounts {
    pub(super) creators: Vec<CreatorDay>,
    pub(super) work_days: Vec<u8>,
    pub(super) work_days_digest: [u8; 32],
    pub(super) accepted: i64,
    pub(super) facts_digest: [u8; 32],
    /// What creators' days were made of.
    pub(super) sums: indicators::Sums,
}

/// A counted group: sums not yet made.
pub(super) struct Counted<'a> {
    state: &'a State,
    policy: &'a Policy,
    days: &'a [Day],
    works: WorkTable,
    factors: Vec<Factors>,
    counts: metering::Counts,
    threads: usize,
}

/// Some works of a day with their scores.
#[derive(Default)]
struct Part {
    scored: Vec<Scored>,
    /// What the catalog said of the works that were counted, for its digest.
    known: Vec<u8>,
}

/// A day's works with their scores.
pub(super) struct Scores {
    /// In order; in parts.
    pub(super) scored: Vec<Vec<Scored>>,
    facts_digest: [u8; 32],
    /// Milliseconds of qualified views by creator's place, where the policy keeps them.
    watch: HashMap<u32, i64>,
}

impl State {
    /// Finds what is to be counted for some days. Where copies of one event lie on a target day and
    /// on another that may still be corrected, both days count anew.
    pub(super) fn work(
        &self,
        stipend: &Stipend,
        mut targets: BTreeSet<Day>,
        open: &BTreeSet<Day>,
    ) -> Result<Work, Error> {
        let closed = self.closed(open)?;
        loop {
            let groups = self.groups(&targets, stipend.group_events)?;
            let astray = self.astray(stipend, &targets, &closed, groups.len())?;
            let days = astray.days.iter().copied();
            let more = days.filter(|day| open.contains(day) && !targets.contains(day));
            let more: Vec<Day> = more.collect();
            if more.is_empty() {
                return Ok(Work { groups, closed, astray });
            }
            targets.extend(more);
        }
    }

    /// Events with copies on several days; a settlement that takes the whole log in one go finds
    /// such copies as it finds all others.
    fn astray(
        &self,
        stipend: &Stipend,
        targets: &BTreeSet<Day>,
        closed: &[Closed],
        groups: usize,
    ) -> Result<Astray, Error> {
        let zone = &self.first_policy()?.policy.zone;
        let inside = |segment: &SegmentRow| {
            let (first, last) = (zone.day_of(segment.first_us), zone.day_of(segment.last_us));
            (first.epoch_days()..=last.epoch_days())
                .all(|day| targets.contains(&first.plus(day - first.epoch_days())))
        };
        if groups == 1 && self.segments.iter().all(inside) {
            return Ok(Astray::default());
        }
        let (lake, threads) = (stipend.lake(), stipend.threads);
        Ok(Astray::find(&lake, &self.segments, zone, targets, closed, threads)?)
    }

    /// Cuts days into groups of at most so many events.
    fn groups(&self, targets: &BTreeSet<Day>, most: i64) -> Result<Vec<Group>, Error> {
        let zone = &self.first_policy()?.policy.zone;
        let mut events: BTreeMap<Day, i64> = BTreeMap::new();
        for segment in &self.segments {
            let (first, last) = (zone.day_of(segment.first_us), zone.day_of(segment.last_us));
            for day in targets.range(first..=last) {
                *events.entry(*day).or_default() += segment.rows;
            }
        }
        let mut groups: Vec<Group> = Vec::new();
        let mut held = 0;
        for &day in targets {
            let version = self.version_of(day)?.row.version;
            let rows = events.get(&day).copied().unwrap_or(0);
            held += rows;
            match groups.last_mut() {
                Some(group)
                    if group.version == version
                        && held <= most
                        && (group.days.len() + 1) * self.directory.works.len() <= GROUP_WORKS =>
                {
                    group.days.push(day);
                }
                _ => {
                    groups.push(Group { version, days: vec![day] });
                    held = rows;
                }
            }
        }
        Ok(groups)
    }

    /// Counts a group's days and makes their tables.
    pub(super) fn count(
        &self,
        stipend: &Stipend,
        work: &Work,
        group: &Group,
    ) -> Result<Vec<(Day, DayCounts)>, Error> {
        self.count_group(stipend, work, group)?.each_day(|day, scores, unknown| {
            let policy = &self.version_of(day)?.policy;
            self.table_day(policy, day, scores, unknown)
        })
    }

    /// Counts the events of a group's days.
    pub(super) fn count_group<'a>(
        &'a self,
        stipend: &Stipend,
        work: &'a Work,
        group: &'a Group,
    ) -> Result<Counted<'a>, Error> {
        let days = group.days.as_slice();
        let policy = &self.version(group.version)?.policy;
        let zone = &policy.zone;
        let bounds = days.iter().map(|day| (zone.start_us(*day), zone.end_us(*day))).collect();
        let (works, factors) = self.directory.table(policy, days, &stipend.keys, stipend.threads);
        let job = Job {
            lake: &stipend.lake(),
            segments: &self.segments,
            rules: &Rules::of(policy),
            works: &works,
            days: &TargetDays::new(bounds),
            closed: &work.closed,
            astray: &work.astray,
            threads: stipend.threads,
        };
        let counts = job.run()?;
        Ok(Counted { state: self, policy, days, works, factors, counts, threads: stipend.threads })
    }

    /// Makes the table of a scored day.
    fn table_day(
        &self,
        policy: &Policy,
        day: Day,
        scores: Scores,
        unknown: &[UnknownDay],
    ) -> Result<DayCounts, Error> {
        let facts_digest = scores.facts_digest;
        let creators = scores.creators(&self.directory);
        let table = records::work_days(&self.directory, policy, day, &scores.scored, unknown)?;
        drop(scores);
        let accepted = table.ints("accepted")?.iter().sum();
        let sums = indicators::sums(&table)?;
        let (work_days, work_days_digest) = std::thread::scope(|scope| {
            let file = scope.spawn(|| table.to_parquet());
            let digest = lake::files::sha256(&records::canonical(&table));
            (file.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), digest)
        });
        let work_days = work_days?;
        Ok(DayCounts { creators, work_days, work_days_digest, accepted, facts_digest, sums })
    }
}

impl Counted<'_> {
    /// Does `each` for every scored day: small days side by side, the works of a large one.
    pub(super) fn each_day<T: Send>(
        &self,
        each: impl Fn(Day, Scores, &[UnknownDay]) -> Result<T, Error> + Sync,
    ) -> Result<Vec<(Day, T)>, Error> {
        let (outer, inner) =
            if self.days.len() > 1 { (self.threads, 1) } else { (1, self.threads) };
        let days = threads::for_each(outer, self.days.len(), |place| {
            let (day, place) = (self.days[place], u16::try_from(place).unwrap_or(u16::MAX));
            let scores = self.score_day(place, day, inner);
            Ok((day, each(day, scores, self.counts.unknown(place))?))
        });
        days.into_iter().collect()
    }

    fn score_day(&self, place: u16, day: Day, threads: usize) -> Scores {
        let parts = threads::for_each(threads, self.counts.stretches(), |stretch| {
            self.score_stretch(place, day, stretch)
        });
        let mut digest = Sha256::new();
        let mut scored = Vec::with_capacity(parts.len());
        for part in parts {
            digest.update(&part.known);
            scored.push(part.scored);
        }
        for row in self.counts.unknown(place) {
            digest.update(row.work.to_le_bytes());
        }
        let watch = self.counts.watch_on(place);
        Scores { scored, facts_digest: digest.finalize().into(), watch }
    }

    /// Scores some neighbouring works of a day.
    fn score_stretch(&self, place: u16, day: Day, stretch: usize) -> Part {
        let directory = &self.state.directory;
        let works = self.works.works_on(place);
        let factors = &self.factors[usize::from(place)];
        let counted = self.counts.stretch(&self.works, place, stretch);
        let mut scored = Vec::with_capacity(counted.len());
        let mut known = Vec::with_capacity(counted.len() * 40);
        for counts in counted {
            let work = cast::index(counts.work);
            let today = &works[work];
            let credited = (counts.creator, today.creator);
            let mut factor = directory.factor(self.policy, day, factors, work, credited);
            if today.exclusion.is_some_and(Reason::is_of_membership) {
                // Their views count for who comes in, and are worth nothing.
                factor.quality = kernel::Ppm::ZERO;
            }
            let score = score(self.policy, &counts, &factor);
            known.extend_from_slice(directory.works.ids()[work].as_bytes());
            known.push(b'\t');
            known.extend_from_slice(directory.creator_id(today.creator).as_bytes());
            known.push(b'\t');
            known.extend_from_slice(today.exclusion.map_or("", Reason::code).as_bytes());
            known.extend_from_slice(&today.length_ms.to_le_bytes());
            known.extend_from_slice(&factor.product().to_le_bytes());
            scored.push(Scored { counts, exclusion: today.exclusion, factor, score });
        }
        Part { scored, known }
    }
}

impl Scores {
    /// What creators bring to the day, in the order of their ids: their places are ranks.
    pub(super) fn creators(&self, directory: &Directory) -> Vec<CreatorDay> {
        let mut sums = vec![(0_i64, 0_i128); directory.creators.len() + 1];
        for scored in self.scored.iter().flatten() {
            let sum = &mut sums[cast::index(scored.counts.creator)];
            sum.0 += i64::from(scored.counts.verdicts[Verdict::Qualified.place()]);
            sum.1 += scored.score.total;
        }
        let brings = (0..).zip(sums).filter(|(_, (views, score))| *views > 0 || *score > 0);
        let creator = |(place, (views, score))| CreatorDay {
            creator: directory.creator_id(place).to_owned(),
            views,
            score,
            carried_in: 0,
            watch_ms: self.watch.get(&place).copied().unwrap_or(0),
        };
        brings.map(creator).collect()
    }
}

/// What counting one day anew needs: for telling each event's verdict.
pub(crate) struct OneDay {
    pub(crate) version: Published,
    pub(crate) closed: Vec<Closed>,
    pub(crate) astray: Astray,
    pub(crate) segments: Vec<SegmentRow>,
    pub(crate) directory: Directory,
}

/// The day as a settlement would count it now: under the version that settled it, if it is posted,
/// and without what came too late for closed days.
pub(crate) fn one_day(
    stipend: &mut Stipend,
    program: Option<&str>,
    day: Day,
) -> Result<OneDay, Error> {
    let versions = programs::versions(stipend, program)?;
    let state = State::load(stipend, versions)?;
    let newest = state.runs.keys().next_back().copied().unwrap_or(day).max(day);
    let mut open = BTreeSet::new();
    for &posted in state.runs.keys() {
        let policy = &state.version_of(posted)?.policy;
        if newest.epoch_days() - posted.epoch_days() <= policy.correction_days {
            open.insert(posted);
        }
    }
    let closed = state.closed(&open)?;
    let astray = state.astray(stipend, &BTreeSet::from([day]), &closed, 1)?;
    let version = state.version_of(day)?.clone();
    let State { segments, directory, .. } = state;
    Ok(OneDay { version, closed, astray, segments, directory })
}
