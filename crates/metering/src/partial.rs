//! What was found of each event, and the sums of that per work and day.
//!
//! The place of a work-day's sums is far from that of the next event's. So a thread does not add
//! to sums: it notes each event as a *mark* of 32 bits, by *stretches* of neighbouring works. The
//! sums of one stretch fit the cache; they are made when all marks are there.
use std::collections::HashMap;

use kernel::cast::{index, low_bits, narrow};

use crate::columns::FLAG_BITS;
use crate::facts::WorkTable;
use crate::verdict::Verdict;

/// Most tiers of viewers, "all others" included.
pub(crate) const TIERS: usize = program::TIERS_MAX + 1;

/// Works of a stretch, as a power of two.
const STRETCH_BITS: u32 = 12;
const STRETCH: usize = 1 << STRETCH_BITS;
/// Bits of a mark: work within the stretch, verdict, tier of the viewer, interactions.
const VERDICT_AT: u32 = STRETCH_BITS;
const TIER_AT: u32 = VERDICT_AT + 4;
const KINDS_AT: u32 = TIER_AT + 4;
/// From here on a place is that of a work credited to another creator than its own.
const OTHERS: u32 = 1 << 31;

/// What was counted for one work on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkDay {
    /// Place of the target day.
    pub day: u16,
    /// Place of the work.
    pub work: u32,
    /// Place of the creator who is credited.
    pub creator: u32,
    /// Events by verdict; their sum is the number of accepted events.
    pub verdicts: [u32; Verdict::COUNT],
    /// Qualified views by tier of the viewer.
    pub tiers: [u32; TIERS],
    /// Effective interactions: like, favorite, comment, share, follow.
    pub interactions: [u32; FLAG_BITS],
}

impl WorkDay {
    fn of(day: u16, work: u32, creator: u32) -> WorkDay {
        WorkDay {
            day,
            work,
            creator,
            verdicts: [0; Verdict::COUNT],
            tiers: [0; TIERS],
            interactions: [0; FLAG_BITS],
        }
    }

    #[inline]
    fn add_event(&mut self, verdict: usize, tier: usize, kinds: u32) {
        self.verdicts[verdict] += 1;
        if verdict == Verdict::Qualified.place() {
            self.tiers[tier] += 1;
        }
        if kinds != 0 {
            for (bit, sum) in self.interactions.iter_mut().enumerate() {
                *sum += kinds >> bit & 1;
            }
        }
    }

    fn add(&mut self, other: &WorkDay) {
        add_all(&mut self.verdicts, &other.verdicts);
        add_all(&mut self.tiers, &other.tiers);
        add_all(&mut self.interactions, &other.interactions);
    }
}

/// What was counted for a work that the catalog does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownDay {
    /// Place of the target day.
    pub day: u16,
    /// Hash of the work.
    pub work: i64,
    /// Events that wait for the catalog.
    pub waiting: u32,
    /// Copies of such events.
    pub duplicates: u32,
}

/// Stretches of a day with so many works.
fn stretches_of_day(works: usize) -> usize {
    works.div_ceil(STRETCH)
}

/// What one thread found in some buckets.
#[derive(Debug, Default)]
pub struct Partial {
    stretches: usize,
    /// By stretch: days one after another, and within a day the works.
    marks: Vec<Vec<u32>>,
    /// Sums of works that an event credits to another creator, and their places among these.
    others: Vec<WorkDay>,
    other_places: HashMap<(u16, u32, u32), u32>,
    unknown: HashMap<(u16, i64), (u32, u32)>,
    /// Views per device and target day, when the rules ask for it.
    pub(crate) devices: HashMap<(i64, u16), u32>,
    /// Milliseconds of qualified views by target day and creator, when the rules ask for it.
    watch: HashMap<(u16, u32), i64>,
    /// Events seen that belong to no target day.
    pub outside: u64,
}

impl Partial {
    /// Nothing found yet, of the works and days of a table.
    #[must_use]
    pub fn new(table: &WorkTable) -> Partial {
        let stretches = stretches_of_day(table.work_count());
        let marks = vec![Vec::new(); stretches * table.day_count()];
        Partial { stretches, marks, ..Partial::default() }
    }

    /// The place of a work-day credited to the work's own creator.
    #[inline]
    pub(crate) fn place(&self, day: u16, work: u32) -> u32 {
        narrow((usize::from(day) * self.stretches) << STRETCH_BITS) + work
    }

    /// The place of a work-day credited to another creator than its own.
    pub(crate) fn place_of_other(&mut self, day: u16, work: u32, creator: u32) -> u32 {
        let next = narrow(self.others.len());
        let place = *self.other_places.entry((day, work, creator)).or_insert(next);
        if place == next {
            self.others.push(WorkDay::of(day, work, creator));
        }
        OTHERS + place
    }

    /// Notes an event: its work-day, verdict, tier of the viewer and interactions that count.
    #[inline]
    pub(crate) fn note(&mut self, place: u32, verdict: Verdict, tier: u8, kinds: u8) {
        if place >= OTHERS {
            let sums = &mut self.others[index(place - OTHERS)];
            return sums.add_event(verdict.place(), usize::from(tier), u32::from(kinds));
        }
        let mark = narrow(low_bits(u64::from(place), STRETCH - 1))
            | narrow(verdict.place()) << VERDICT_AT
            | u32::from(tier) << TIER_AT
            | u32::from(kinds) << KINDS_AT;
        self.marks[index(place >> STRETCH_BITS)].push(mark);
    }

    /// Adds the watch time of a qualified view; `own` is the day and the work's own creator.
    pub(crate) fn add_watch(&mut self, place: u32, own: (u16, u32), watch_ms: i32) {
        let credited = match place.checked_sub(OTHERS) {
            Some(other) => (own.0, self.others[index(other)].creator),
            None => own,
        };
        *self.watch.entry(credited).or_default() += i64::from(watch_ms.max(0));
    }

    pub(crate) fn add_unknown(&mut self, day: u16, work: i64, waiting: u32, duplicates: u32) {
        let counts = self.unknown.entry((day, work)).or_default();
        counts.0 += waiting;
        counts.1 += duplicates;
    }

    /// Devices with more than `most` views on a day in all partials, as (hash, place of the day).
    #[must_use]
    pub fn devices_over(partials: &[Partial], most: u32) -> Vec<(i64, u16)> {
        let mut total: HashMap<(i64, u16), u32> = HashMap::new();
        for (key, views) in partials.iter().flat_map(|partial| &partial.devices) {
            *total.entry(*key).or_default() += views;
        }
        total.into_iter().filter(|(_, views)| *views > most).map(|(key, _)| key).collect()
    }
}

/// What all threads found: sums, made stretch by stretch when asked for.
#[derive(Debug)]
pub struct Counts {
    stretches: usize,
    partials: Vec<Partial>,
    /// Ordered by day, work and creator.
    others: Vec<WorkDay>,
    unknown: Vec<UnknownDay>,
    watch: HashMap<(u16, u32), i64>,
}

impl Counts {
    /// The sums of partials of the same table.
    #[must_use]
    pub fn of(mut partials: Vec<Partial>) -> Counts {
        let mut others: Vec<WorkDay> = Vec::new();
        let mut unknown: HashMap<(u16, i64), (u32, u32)> = HashMap::new();
        let mut watch: HashMap<(u16, u32), i64> = HashMap::new();
        for partial in &mut partials {
            for (key, ms) in std::mem::take(&mut partial.watch) {
                *watch.entry(key).or_default() += ms;
            }
            others.append(&mut partial.others);
            for (key, (waiting, duplicates)) in std::mem::take(&mut partial.unknown) {
                let counts = unknown.entry(key).or_default();
                counts.0 += waiting;
                counts.1 += duplicates;
            }
        }
        others.sort_unstable_by_key(|day| (day.day, day.work, day.creator));
        others.dedup_by(|day, held| {
            let same = (day.day, day.work, day.creator) == (held.day, held.work, held.creator);
            if same {
                held.add(day);
            }
            same
        });
        let mut unknown: Vec<UnknownDay> = unknown
            .into_iter()
            .map(|((day, work), (waiting, duplicates))| UnknownDay {
                day,
                work,
                waiting,
                duplicates,
            })
            .collect();
        unknown.sort_unstable_by_key(|day| (day.day, day.work));
        let stretches = partials.first().map_or(0, |partial| partial.stretches);
        Counts { stretches, partials, others, unknown, watch }
    }

    /// Milliseconds of qualified views on a day by creator, where the rules keep them.
    #[must_use]
    pub fn watch_on(&self, day: u16) -> HashMap<u32, i64> {
        let of_day = self.watch.iter().filter(|((on, _), _)| *on == day);
        of_day.map(|((_, creator), ms)| (*creator, *ms)).collect()
    }

    /// Number of stretches in a day.
    #[must_use]
    pub fn stretches(&self) -> usize {
        self.stretches
    }

    /// The work-days of one stretch of a day, ordered by work and creator.
    #[must_use]
    pub fn stretch(&self, table: &WorkTable, day: u16, stretch: usize) -> Vec<WorkDay> {
        let works = table.works_on(day);
        let from = stretch << STRETCH_BITS;
        let works = &works[from..works.len().min(from + STRETCH)];
        let mut sums: Vec<WorkDay> = (narrow(from)..)
            .zip(works)
            .map(|(work, today)| WorkDay::of(day, work, today.creator))
            .collect();
        let place = usize::from(day) * self.stretches + stretch;
        let mut marks = 0;
        for &mark in self.partials.iter().flat_map(|partial| &partial.marks[place]) {
            let of = |at: u32, bits: u32| index(mark >> at & ((1 << bits) - 1));
            let sums = &mut sums[of(0, STRETCH_BITS)];
            sums.add_event(of(VERDICT_AT, 4), of(TIER_AT, 4), mark >> KINDS_AT);
            marks += 1;
        }
        let start = self.others.partition_point(|o| (o.day, index(o.work)) < (day, from));
        let others = self.others[start..].iter();
        let others = others.take_while(|o| o.day == day && index(o.work) < from + STRETCH);
        if marks == 0 {
            return others.cloned().collect();
        }
        sums.retain(|day| day.verdicts.iter().any(|count| *count > 0));
        let own = sums.len();
        sums.extend(others.cloned());
        if sums.len() > own {
            sums.sort_unstable_by_key(|day| (day.work, day.creator));
        }
        sums
    }

    /// Events of works that the catalog does not know on a day, ordered by the work's hash.
    #[must_use]
    pub fn unknown(&self, day: u16) -> &[UnknownDay] {
        let start = self.unknown.partition_point(|unknown| unknown.day < day);
        let end = self.unknown.partition_point(|unknown| unknown.day <= day);
        &self.unknown[start..end]
    }
}

fn add_all<const N: usize>(into: &mut [u32; N], from: &[u32; N]) {
    for (a, b) in into.iter_mut().zip(from) {
        *a += b;
    }
}
