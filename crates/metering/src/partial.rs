//! Sums of verdicts per work and day.
use std::collections::HashMap;

use kernel::cast::{index, narrow};

use crate::columns::FLAG_BITS;
use crate::facts::WorkTable;
use crate::verdict::Verdict;

/// Most tiers of viewers, "all others" included.
pub(crate) const TIERS: usize = program::TIERS_MAX + 1;

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

/// What a thread knows of a work on a day: all that a verdict needs, in one place of memory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record {
    /// The viewer hash of the creator; 0 where unknown.
    pub(crate) account: i64,
    /// The creator.
    pub(crate) creator: u32,
    /// The length, or [`crate::NO_LENGTH`].
    pub(crate) length_ms: i32,
    /// Place of its sums plus one, once there are any.
    place: u32,
    /// Whether it earns nothing.
    pub(crate) excluded: bool,
}

impl Record {
    /// Of nothing.
    pub(crate) const NONE: Record =
        Record { account: 0, creator: 0, length_ms: crate::NO_LENGTH, place: 0, excluded: false };
}

/// Work-days of some buckets. Partials of all buckets sum to the whole.
#[derive(Debug, Default)]
pub struct Partial {
    works: usize,
    /// By day and work: the facts, and the sums of the work credited to its own creator.
    records: Vec<Record>,
    /// The same for works that an event credits to another creator.
    others: HashMap<(u16, u32, u32), u32>,
    days: Vec<WorkDay>,
    unknown: HashMap<(u16, i64), (u32, u32)>,
    /// Views per device and target day, when the rules ask for it.
    pub(crate) devices: HashMap<(i64, u16), u32>,
    /// Instants of copies of one event that lie on different days, at least one of them settled.
    pub crossed: Vec<(i64, i64)>,
    /// Events seen that belong to no target day.
    pub outside: u64,
}

impl Partial {
    /// Nothing counted yet, of the works and days of a table.
    #[must_use]
    pub fn new(table: &WorkTable) -> Partial {
        let mut records = Vec::with_capacity(table.days().len() * table.work_count());
        for day in table.days() {
            records.extend(day.works.iter().map(|today| Record {
                account: day.accounts[index(today.creator)],
                creator: today.creator,
                length_ms: today.length_ms,
                place: 0,
                excluded: today.exclusion.is_some(),
            }));
        }
        Partial { works: table.work_count(), records, ..Partial::default() }
    }

    /// Where the facts of a work on a day stand.
    #[inline]
    pub(crate) fn record_at(&self, day: u16, work: u32) -> usize {
        usize::from(day) * self.works + index(work)
    }

    /// Whether there are no works at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    #[inline]
    pub(crate) fn record(&self, at: usize) -> &Record {
        &self.records[at]
    }

    /// The place of a work-day's sums, made when first asked for.
    #[inline]
    pub(crate) fn place(&mut self, day: u16, work: u32, creator: u32) -> u32 {
        let at = self.record_at(day, work);
        let record = &mut self.records[at];
        if record.creator != creator {
            return self.place_of_other(day, work, creator);
        }
        if record.place == 0 {
            record.place = narrow(self.days.len()) + 1;
            return self.push(day, work, creator);
        }
        record.place - 1
    }

    fn place_of_other(&mut self, day: u16, work: u32, creator: u32) -> u32 {
        if let Some(&place) = self.others.get(&(day, work, creator)) {
            return place;
        }
        self.others.insert((day, work, creator), narrow(self.days.len()));
        self.push(day, work, creator)
    }

    fn push(&mut self, day: u16, work: u32, creator: u32) -> u32 {
        self.days.push(WorkDay {
            day,
            work,
            creator,
            verdicts: [0; Verdict::COUNT],
            tiers: [0; TIERS],
            interactions: [0; FLAG_BITS],
        });
        narrow(self.days.len() - 1)
    }

    #[inline]
    pub(crate) fn at(&mut self, place: u32) -> &mut WorkDay {
        &mut self.days[index(place)]
    }

    pub(crate) fn add_unknown(&mut self, day: u16, work: i64, waiting: u32, duplicates: u32) {
        let counts = self.unknown.entry((day, work)).or_default();
        counts.0 += waiting;
        counts.1 += duplicates;
    }

    /// Adds the sums of another partial.
    pub fn add(&mut self, other: Partial) {
        for day in other.days {
            let place = self.place(day.day, day.work, day.creator);
            let into = self.at(place);
            add_all(&mut into.verdicts, &day.verdicts);
            add_all(&mut into.tiers, &day.tiers);
            add_all(&mut into.interactions, &day.interactions);
        }
        for ((day, work), (waiting, duplicates)) in other.unknown {
            self.add_unknown(day, work, waiting, duplicates);
        }
        for (key, views) in other.devices {
            *self.devices.entry(key).or_default() += views;
        }
        self.crossed.extend(other.crossed);
        self.outside += other.outside;
    }

    /// Devices with more than `most` views on a day, as (hash, place of the day).
    #[must_use]
    pub fn devices_over(&self, most: u32) -> Vec<(i64, u16)> {
        self.devices.iter().filter(|(_, views)| **views > most).map(|(key, _)| *key).collect()
    }

    /// The sums, ordered by day, work and creator; unknown works by day and hash.
    #[must_use]
    pub fn finish(self) -> (Vec<WorkDay>, Vec<UnknownDay>) {
        let mut days = self.days;
        days.sort_unstable_by_key(|day| (day.day, day.work, day.creator));
        let mut unknown: Vec<UnknownDay> = self
            .unknown
            .into_iter()
            .map(|((day, work), (waiting, duplicates))| UnknownDay {
                day,
                work,
                waiting,
                duplicates,
            })
            .collect();
        unknown.sort_unstable_by_key(|day| (day.day, day.work));
        (days, unknown)
    }
}

fn add_all<const N: usize>(into: &mut [u32; N], from: &[u32; N]) {
    for (a, b) in into.iter_mut().zip(from) {
        *a += b;
    }
}
