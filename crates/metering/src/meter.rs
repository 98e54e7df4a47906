//! The metering kernel: one pass over a bucket of viewers.
//!
//! Each run of rows (a segment's share of the bucket) is ordered by viewer hash, so the bucket is
//! taken in *parts* of neighbouring viewers that fit the cache. A part is: find copies and merge
//! them; place each event on its day and work; sum each viewer's day if the rules ask for it; give
//! verdicts to views, then to interactions; add the sums. No allocation per event.
use std::collections::HashSet;
use std::ops::Range;

use kernel::cast::{index, low_bits, narrow, top_bits};

use crate::columns::{Columns, FLAG_BITS, Kind};
use crate::facts::{NO_LENGTH, TargetDays, WorkTable};
use crate::partial::{Partial, Record};
use crate::rules::Rules;
use crate::verdict::Verdict;

/// Rows that a part should have: its columns and tables stay in a core's second-level cache.
const PART_ROWS: usize = 8_192;
const NOWHERE: u16 = u16::MAX;
const UNKNOWN: u32 = u32::MAX;

/// Told the verdict of every event of the target days: row of the columns, place of the day,
/// verdict.
pub type Sink<'a> = &'a mut dyn FnMut(&Columns, usize, u16, Verdict);

/// One viewer on one work-day (a work credited to a creator), with at least one view that is long
/// enough or an interaction.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// The part row that stands for the entry: its earliest qualifying view, if any.
    row: u32,
    /// Qualifying views.
    views: u32,
    /// Kinds of interaction counted.
    kinds: i32,
    /// Place of the work-day.
    place: u32,
    /// Tier of the view that stands for the entry.
    tier: u32,
}

/// What a part knows of each of its rows, column by column: each pass over a part touches few
/// places far apart, and those of neighbouring rows at once.
#[derive(Debug, Default)]
struct Part {
    /// Row of the bucket.
    row: Vec<u32>,
    /// Part row that this row is a copy of, or itself.
    first: Vec<u32>,
    /// Place of the day, or [`NOWHERE`].
    day: Vec<u16>,
    /// Place of the work, or [`UNKNOWN`].
    work: Vec<u32>,
    /// Part rows whose work does not stand where it is looked for first.
    missed: Vec<u32>,
    /// Place of the creator who is credited.
    creator: Vec<u32>,
    /// Length that decides, or [`NO_LENGTH`].
    length_ms: Vec<i32>,
    /// Whether the work earns nothing that day.
    excluded: Vec<bool>,
    /// Viewer hash of the creator who is credited; 0 where unknown.
    account: Vec<i64>,
    /// Place of the work-day.
    place: Vec<u32>,
    /// Place of the viewer's day, when the rules ask for it.
    viewer_day: Vec<u32>,
    /// The verdict, once given.
    verdict: Vec<Option<Verdict>>,
}

/// The rules, the facts and the working memory of one thread.
pub struct Meter<'a> {
    rules: &'a Rules,
    works: &'a WorkTable,
    days: &'a TargetDays,
    bucket_bits: u32,
    abnormal_devices: HashSet<(i64, u16)>,
    part: Part,
    slots: Vec<u32>,
    viewer_days: Vec<(u32, bool)>,
    entries: Vec<Entry>,
    ranked: Vec<(u32, i64, i64, u32)>,
}

impl<'a> Meter<'a> {
    /// A meter over `2^bucket_bits` buckets.
    #[must_use]
    pub fn new(
        rules: &'a Rules,
        works: &'a WorkTable,
        days: &'a TargetDays,
        bucket_bits: u32,
    ) -> Meter<'a> {
        Meter {
            rules,
            works,
            days,
            bucket_bits,
            abnormal_devices: HashSet::new(),
            part: Part::default(),
            slots: Vec::new(),
            viewer_days: Vec::new(),
            entries: Vec::new(),
            ranked: Vec::new(),
        }
    }

    /// Devices (hash, place of the day) whose views do not count, from [`Partial::devices_over`].
    pub fn set_abnormal_devices(&mut self, devices: &[(i64, u16)]) {
        self.abnormal_devices = devices.iter().copied().collect();
    }

    /// Gives every event of one bucket its verdict and adds them to `out`. Each run is ordered by
    /// viewer hash (as an unsigned number). Copies of an event are merged in `columns`.
    pub fn bucket(
        &mut self,
        columns: &mut Columns,
        runs: &[Range<u32>],
        out: &mut Partial,
        mut sink: Option<Sink<'_>>,
    ) {
        self.parts(columns, runs, |meter, columns| {
            meter.judge(columns, out);
            if let Some(sink) = sink.as_mut() {
                for part_row in 0..meter.part.row.len() {
                    if let Some(verdict) = meter.part.verdict[part_row] {
                        let day = meter.part.day[index(meter.part.first[part_row])];
                        sink(columns, meter.row(part_row), day, verdict);
                    }
                }
            }
        });
    }

    /// Counts each device's views per day in one bucket, copies once: the first of two rounds when
    /// the rules limit devices, because a device's viewers lie in many buckets.
    pub fn count_devices(&mut self, columns: &mut Columns, runs: &[Range<u32>], out: &mut Partial) {
        self.parts(columns, runs, |meter, columns| {
            meter.fold_copies(columns, out);
            for part_row in 0..meter.part.row.len() {
                let row = meter.row(part_row);
                let view = columns.kind[row] == Kind::View.code();
                let device = columns.device[row];
                if meter.is_first(part_row)
                    && view
                    && device != 0
                    && let Some(day) = meter.days.place(columns.time[row], 0)
                {
                    *out.devices.entry((device, day)).or_default() += 1;
                }
            }
        });
    }

    /// Calls `each` for every part, with its rows gathered and its copies found.
    fn parts(
        &mut self,
        columns: &mut Columns,
        runs: &[Range<u32>],
        mut each: impl FnMut(&mut Meter<'a>, &mut Columns),
    ) {
        let parts = (columns.len() / PART_ROWS).next_power_of_two();
        let part_bits = parts.trailing_zeros();
        let mut next: Vec<u32> = runs.iter().map(|run| run.start).collect();
        for part in 0..parts {
            self.part.row.clear();
            for (from, run) in next.iter_mut().zip(runs) {
                let mut row = *from;
                while row < run.end {
                    let hash = columns.viewer[index(row)].cast_unsigned() << self.bucket_bits;
                    if top_bits(hash, part_bits) > part {
                        break;
                    }
                    self.part.row.push(row);
                    row += 1;
                }
                *from = row;
            }
            self.find_copies(columns);
            each(self, columns);
        }
    }

    #[inline]
    fn row(&self, part_row: usize) -> usize {
        index(self.part.row[part_row])
    }

    #[inline]
    fn is_first(&self, part_row: usize) -> bool {
        index(self.part.first[part_row]) == part_row
    }

    /// Resets the part's hash table to `2 * count` slots or more; gives its mask.
    fn reset_slots(&mut self, count: usize) -> usize {
        let size = (count * 2).next_power_of_two().max(16);
        self.slots.clear();
        self.slots.resize(size, 0);
        size - 1
    }

    fn find_copies(&mut self, columns: &Columns) {
        let count = self.part.row.len();
        let mask = self.reset_slots(count);
        self.part.first.clear();
        for part_row in 0..count {
            let row = self.row(part_row);
            let (id, viewer) = (columns.id[row], columns.viewer[row]);
            let mut at = low_bits(id.cast_unsigned(), mask);
            let first = loop {
                let slot = self.slots[at];
                if slot == 0 {
                    self.slots[at] = narrow(part_row) + 1;
                    break narrow(part_row);
                }
                let other = self.row(index(slot - 1));
                if columns.id[other] == id && columns.viewer[other] == viewer {
                    break slot - 1;
                }
                at = (at + 1) & mask;
            };
            self.part.first.push(first);
        }
    }

    /// Merges the copies found by [`Self::find_copies`] and notes those that lie on several days.
    fn fold_copies(&mut self, columns: &mut Columns, out: &mut Partial) {
        for part_row in 0..self.part.row.len() {
            if self.is_first(part_row) {
                continue;
            }
            let from = self.row(part_row);
            let into = self.row(index(self.part.first[part_row]));
            let (a, b) = (columns.time[into], columns.time[from]);
            if a != b && self.days.place(a, 0) != self.days.place(b, 0) {
                out.crossed.push((a.min(b), a.max(b)));
            }
            let works = self.works;
            columns.merge(into, from, |a, b| {
                // Places of creators are in the order of their ids; an unknown one comes last.
                let rank = |hash| (works.creator(hash).unwrap_or(UNKNOWN), hash);
                if rank(a) <= rank(b) { a } else { b }
            });
        }
    }

    fn judge(&mut self, columns: &mut Columns, out: &mut Partial) {
        self.fold_copies(columns, out);
        self.find_places(columns, out);
        self.find_facts(columns, out);
        if self.rules.needs_viewer_days() {
            self.sum_viewer_days(columns);
        }
        let count = self.part.row.len();
        let mask = self.reset_slots(count);
        self.entries.clear();
        self.ranked.clear();
        let mut interactions = false;
        for part_row in 0..count {
            if self.part.place[part_row] != UNKNOWN && self.is_first(part_row) {
                if columns.kind[self.row(part_row)] == Kind::View.code() {
                    self.judge_view(columns, part_row, mask, out);
                } else {
                    interactions = true;
                }
            }
        }
        self.close_entries(columns, out);
        if interactions {
            for part_row in 0..count {
                let view = columns.kind[self.row(part_row)] == Kind::View.code();
                if !view && self.part.place[part_row] != UNKNOWN && self.is_first(part_row) {
                    self.judge_interaction(columns, part_row, mask, out);
                }
            }
        }
        for (place, verdict) in self.part.place.iter().zip(&self.part.verdict) {
            if let (true, Some(verdict)) = (*place != UNKNOWN, verdict) {
                out.at(*place).verdicts[verdict.place()] += 1;
            }
        }
    }

    /// Finds each event's day and work. A copy has those of the event that it is a copy of.
    ///
    /// This and [`Self::find_facts`] are loops without branches on what memory answers: then the
    /// processor waits for many places of memory at once.
    fn find_places(&mut self, columns: &Columns, out: &mut Partial) {
        let part = &mut self.part;
        let table = self.works.works();
        part.work.clear();
        part.missed.clear();
        for (&row, part_row) in part.row.iter().zip(0_u32..) {
            let (found, work) = table.first(columns.work[index(row)]);
            part.work.push(work);
            part.missed.push(part_row);
            let kept = part.missed.len() - usize::from(found);
            part.missed.truncate(kept);
        }
        for &part_row in &part.missed {
            let hash = columns.work[index(part.row[index(part_row)])];
            part.work[index(part_row)] = table.get(hash).unwrap_or(UNKNOWN);
        }
        part.day.clear();
        let mut hint = 0;
        for (part_row, (&row, &first)) in part.row.iter().zip(&part.first).enumerate() {
            if index(first) != part_row {
                part.day.push(part.day[index(first)]);
                part.work[part_row] = part.work[index(first)];
                continue;
            }
            let day = self.days.place(columns.time[index(row)], hint);
            hint = day.unwrap_or(hint);
            part.day.push(day.unwrap_or(NOWHERE));
        }
        out.outside += kernel::cast::wide(part.day.iter().filter(|day| **day == NOWHERE).count());
    }

    /// Finds what is known of each event's work on its day, and the place of its work-day; gives
    /// the verdicts that need no more: duplicate, and unknown work.
    fn find_facts(&mut self, columns: &Columns, out: &mut Partial) {
        let part = &mut self.part;
        let count = part.row.len();
        part.creator.clear();
        part.account.clear();
        part.length_ms.clear();
        part.excluded.clear();
        part.place.clear();
        part.verdict.clear();
        for part_row in 0..count {
            let (day, work) = (part.day[part_row], part.work[part_row]);
            let nowhere = day == NOWHERE || work == UNKNOWN;
            let at = if nowhere { 0 } else { out.record_at(day, work) };
            let record = if out.is_empty() { &Record::NONE } else { out.record(at) };
            part.creator.push(record.creator);
            part.account.push(record.account);
            part.length_ms.push(record.length_ms);
            part.excluded.push(record.excluded);
        }
        for part_row in 0..count {
            let (day, work) = (part.day[part_row], part.work[part_row]);
            let first = index(part.first[part_row]);
            let copy = first != part_row;
            let row = index(part.row[first]);
            let mut verdict = copy.then_some(Verdict::Duplicate);
            let mut place = UNKNOWN;
            if day == NOWHERE {
                verdict = None;
            } else if work == UNKNOWN {
                let (waiting, copies) = if copy { (0, 1) } else { (1, 0) };
                out.add_unknown(day, columns.work[row], waiting, copies);
                verdict = verdict.or(Some(Verdict::Excluded));
            } else {
                let named = columns.creator[row];
                let named = if named == 0 { None } else { self.works.creator(named) };
                if let Some(creator) = named.filter(|named| *named != part.creator[part_row]) {
                    part.creator[part_row] = creator;
                    part.account[part_row] = self.works.facts(day).accounts[index(creator)];
                }
                let told = columns.length_ms[row];
                if told != NO_LENGTH {
                    part.length_ms[part_row] = told;
                }
                place = out.place(day, work, part.creator[part_row]);
            }
            part.place.push(place);
            part.verdict.push(verdict);
        }
    }

    /// Sums each viewer's views of a day and marks the days that are not believable.
    fn sum_viewer_days(&mut self, columns: &Columns) {
        let count = self.part.row.len();
        let mask = self.reset_slots(count);
        self.viewer_days.clear();
        self.part.viewer_day.clear();
        let mut stands_for: Vec<u32> = Vec::new();
        for part_row in 0..count {
            let day = self.part.day[part_row];
            if day == NOWHERE || !self.is_first(part_row) {
                self.part.viewer_day.push(UNKNOWN);
                continue;
            }
            let row = self.row(part_row);
            let viewer = columns.viewer[row];
            let hash = viewer.cast_unsigned().wrapping_add(u64::from(day).wrapping_mul(GOLDEN));
            let mut at = low_bits(hash.wrapping_mul(GOLDEN) >> 20, mask);
            let place = loop {
                let slot = self.slots[at];
                if slot == 0 {
                    self.slots[at] = narrow(self.viewer_days.len()) + 1;
                    self.viewer_days.push((0, false));
                    stands_for.push(narrow(part_row));
                    break narrow(self.viewer_days.len() - 1);
                }
                let other = index(stands_for[index(slot - 1)]);
                if columns.viewer[self.row(other)] == viewer && self.part.day[other] == day {
                    break slot - 1;
                }
                at = (at + 1) & mask;
            };
            let view = columns.kind[row] == Kind::View.code();
            self.viewer_days[index(place)].0 += u32::from(view);
            self.part.viewer_day.push(place);
        }
        if let Some(most) = self.rules.viewer_views_max {
            for (views, abnormal) in &mut self.viewer_days {
                *abnormal = *views > most;
            }
        }
        if let Some((share_ppm, from)) = self.rules.one_creator {
            self.mark_concentrated(columns, share_ppm, from);
        }
    }

    /// Marks the viewer-days of at least `from` views of which one creator got too large a share.
    fn mark_concentrated(&mut self, columns: &Columns, share_ppm: u64, from: u32) {
        let mut seen: Vec<(u32, u32)> = Vec::new();
        for part_row in 0..self.part.row.len() {
            let place = self.part.viewer_day[part_row];
            let view = columns.kind[self.row(part_row)] == Kind::View.code();
            let creator = self.part.creator[part_row];
            let known = place != UNKNOWN && self.part.place[part_row] != UNKNOWN;
            if known && view && self.viewer_days[index(place)].0 >= from {
                seen.push((place, creator));
            }
        }
        seen.sort_unstable();
        for group in seen.chunk_by(|a, b| a == b) {
            let (views, abnormal) = &mut self.viewer_days[index(group[0].0)];
            let to_one = kernel::cast::wide(group.len()) * 1_000_000;
            *abnormal |= to_one > share_ppm * u64::from(*views);
        }
    }

    /// The verdict that applies to any event before its own kind's rules.
    #[inline]
    fn common(&self, columns: &Columns, part_row: usize) -> Option<Verdict> {
        let row = self.row(part_row);
        let day = self.part.day[part_row];
        if self.part.excluded[part_row] {
            return Some(Verdict::Excluded);
        }
        if self.rules.exclude_self && self.part.account[part_row] == columns.viewer[row] {
            return Some(Verdict::SelfView);
        }
        if self.rules.exclude_paid && columns.source[row] != 0 {
            return Some(Verdict::PaidTraffic);
        }
        if self.rules.needs_viewer_days() {
            let place = self.part.viewer_day[part_row];
            if self.viewer_days[index(place)].1 {
                return Some(Verdict::AbnormalViewer);
            }
        }
        if !self.abnormal_devices.is_empty()
            && self.abnormal_devices.contains(&(columns.device[row], day))
        {
            return Some(Verdict::AbnormalDevice);
        }
        None
    }

    #[inline]
    fn judge_view(&mut self, columns: &Columns, part_row: usize, mask: usize, out: &mut Partial) {
        if let Some(verdict) = self.common(columns, part_row) {
            self.part.verdict[part_row] = Some(verdict);
            return;
        }
        let row = self.row(part_row);
        let length = self.part.length_ms[part_row];
        let long_enough = self.rules.long_enough(columns.watch_ms[row], length);
        let flags = columns.flags[row];
        if !long_enough {
            self.part.verdict[part_row] = Some(Verdict::TooShort);
            if flags == 0 || !self.rules.interaction_on_any {
                return;
            }
        }
        let entry = self.entry(columns, part_row, mask);
        if flags != 0 {
            self.count_flags(entry, flags, out);
        }
        if long_enough {
            self.add_view(columns, part_row, entry);
        }
    }

    /// Notes a view that is long enough; which of them count is known when all have been seen.
    #[inline]
    fn add_view(&mut self, columns: &Columns, part_row: usize, entry: usize) {
        let row = self.row(part_row);
        let tier = narrow(self.rules.tier(columns.region[row]));
        let held = &mut self.entries[entry];
        held.views += 1;
        if self.rules.per_viewer != 1 {
            let key = (narrow(entry), columns.time[row], columns.id[row], narrow(part_row));
            self.ranked.push(key);
        } else if held.views == 1 {
            held.row = narrow(part_row);
            held.tier = tier;
        } else {
            let other = index(self.part.row[index(held.row)]);
            let (mine, its) =
                ((columns.time[row], columns.id[row]), (columns.time[other], columns.id[other]));
            let repeat = if mine < its {
                held.tier = tier;
                std::mem::replace(&mut held.row, narrow(part_row))
            } else {
                narrow(part_row)
            };
            self.part.verdict[index(repeat)] = Some(Verdict::Repeat);
        }
    }

    /// Adds the interactions that a view carries.
    fn count_flags(&mut self, entry: usize, flags: i32, out: &mut Partial) {
        let held = &mut self.entries[entry];
        let fresh = if self.rules.interaction_per_viewer { flags & !held.kinds } else { flags };
        held.kinds |= flags;
        let sums = &mut out.at(held.place).interactions;
        for (bit, sum) in sums.iter_mut().enumerate().take(FLAG_BITS) {
            *sum += u32::from(fresh >> bit & 1 == 1);
        }
    }

    /// The entry of an event's viewer and work-day, made when first asked for.
    #[inline]
    fn entry(&mut self, columns: &Columns, part_row: usize, mask: usize) -> usize {
        match self.find_entry(columns, part_row, mask) {
            Ok(entry) => entry,
            Err(at) => {
                self.slots[at] = narrow(self.entries.len()) + 1;
                let place = self.part.place[part_row];
                let row = narrow(part_row);
                self.entries.push(Entry { row, views: 0, kinds: 0, place, tier: 0 });
                self.entries.len() - 1
            }
        }
    }

    /// The entry of an event's viewer and work-day, or the slot where it would stand.
    #[inline]
    fn find_entry(&self, columns: &Columns, part_row: usize, mask: usize) -> Result<usize, usize> {
        let viewer = columns.viewer[self.row(part_row)];
        let place = self.part.place[part_row];
        let hash = viewer.cast_unsigned() ^ u64::from(place).wrapping_mul(GOLDEN);
        let mut at = low_bits(hash.wrapping_mul(GOLDEN) >> 20, mask);
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return Err(at);
            }
            let entry = &self.entries[index(slot - 1)];
            if entry.place == place && columns.viewer[self.row(index(entry.row))] == viewer {
                return Ok(index(slot - 1));
            }
            at = (at + 1) & mask;
        }
    }

    /// Decides the views of every entry: the earliest so many qualify, the others are repeats.
    fn close_entries(&mut self, columns: &Columns, out: &mut Partial) {
        if self.rules.per_viewer == 1 {
            for entry in &self.entries {
                if entry.views > 0 {
                    out.at(entry.place).tiers[index(entry.tier)] += 1;
                    self.part.verdict[index(entry.row)] = Some(Verdict::Qualified);
                }
            }
            return;
        }
        self.ranked.sort_unstable();
        let most = match self.rules.per_viewer {
            0 => usize::MAX,
            limit => index(limit),
        };
        for views in self.ranked.chunk_by(|a, b| a.0 == b.0) {
            let place = self.entries[index(views[0].0)].place;
            for (rank, &(_, _, _, part_row)) in views.iter().enumerate() {
                let qualified = rank < most;
                let region = columns.region[index(self.part.row[index(part_row)])];
                out.at(place).tiers[self.rules.tier(region)] += u32::from(qualified);
                let verdict = if qualified { Verdict::Qualified } else { Verdict::Repeat };
                self.part.verdict[index(part_row)] = Some(verdict);
            }
        }
    }

    fn judge_interaction(
        &mut self,
        columns: &Columns,
        part_row: usize,
        mask: usize,
        out: &mut Partial,
    ) {
        let verdict = self.common(columns, part_row).unwrap_or_else(|| {
            let seen = self.find_entry(columns, part_row, mask).ok();
            let viewed = seen.is_some_and(|entry| self.entries[entry].views > 0);
            if !viewed && !self.rules.interaction_on_any {
                return Verdict::InteractionWithoutView;
            }
            let entry = self.entry(columns, part_row, mask);
            let bit = columns.kind[self.row(part_row)] - 1;
            let held = &mut self.entries[entry];
            if self.rules.interaction_per_viewer && held.kinds >> bit & 1 == 1 {
                return Verdict::InteractionRepeat;
            }
            held.kinds |= 1 << bit;
            let kind = usize::try_from(bit).unwrap_or(0);
            out.at(held.place).interactions[kind] += 1;
            Verdict::Effective
        });
        self.part.verdict[part_row] = Some(verdict);
    }
}

/// 2^64 divided by the golden ratio: spreads small differences over the high bits.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
