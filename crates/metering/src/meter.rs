//! The metering kernel: one pass over a bucket of viewers.
//!
//! The bucket is taken in [`Parts`] of neighbouring viewers that fit the cache. A part is: find
//! copies and merge them; find each event's day, work and what is known of it; sum each viewer's
//! day if the rules ask for it; give verdicts to views, then to interactions; note them. No
//! allocation per event.
use std::collections::HashSet;
use std::ops::Range;

use kernel::cast::{index, narrow};

use crate::columns::{Columns, Kind};
use crate::copies::{self, Slots};
use crate::facts::{NO_LENGTH, TargetDays, WorkTable, WorkToday};
use crate::index::{Index, Slot};
use crate::partial::Partial;
use crate::parts::Parts;
use crate::rules::Rules;
use crate::verdict::Verdict;

const NOWHERE: u16 = u16::MAX;
const UNKNOWN: u32 = u32::MAX;

/// Told the verdict of every event of the target days: row of the columns, place of the day,
/// verdict.
pub type Sink<'a> = &'a mut dyn FnMut(&Columns, usize, u16, Verdict);

/// One viewer on one work-day (a work credited to a creator), with at least one view that is long
/// enough or an interaction.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// The row that stands for the entry: its earliest qualifying view, if any.
    row: u32,
    /// Qualifying views.
    views: u32,
    /// Kinds of interaction counted.
    kinds: i32,
    /// Place of the work-day.
    place: u32,
}

/// What is known of an event before others are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// On no target day, or of an unknown work: nothing to decide.
    Apart,
    /// Decided.
    Given(Verdict),
    /// A view that was watched for long enough.
    Long,
    /// A view that was not.
    Short,
    /// An interaction.
    Interaction,
}

/// What a part knows of each of its rows, column by column.
#[derive(Debug, Default)]
struct Part {
    columns: Columns,
    /// Row that this row is a copy of, or itself.
    first: Vec<u32>,
    /// Place of the day, or [`NOWHERE`].
    day: Vec<u16>,
    /// Where the work is looked for first.
    slot: Vec<Slot>,
    /// Place of the work, or [`UNKNOWN`].
    work: Vec<u32>,
    /// Rows whose work does not stand where it is looked for first.
    missed: Vec<u32>,
    /// Where that day's facts of the work stand.
    at: Vec<u32>,
    /// What the work is on that day.
    today: Vec<WorkToday>,
    /// Place of the work-day, or [`UNKNOWN`].
    place: Vec<u32>,
    state: Vec<State>,
    /// Interactions that count, carried by a view or the event itself.
    kinds: Vec<u8>,
    /// Place of the viewer's day, when the rules ask for it.
    viewer_day: Vec<u32>,
}

impl Part {
    #[inline]
    fn is_first(&self, row: usize) -> bool {
        index(self.first[row]) == row
    }

    #[inline]
    fn is_view(&self, row: usize) -> bool {
        self.columns.kind[row] == Kind::View.code()
    }
}

/// The rules, the facts and the working memory of one thread.
pub struct Meter<'a> {
    rules: &'a Rules,
    works: &'a WorkTable,
    days: &'a TargetDays,
    bucket_bits: u32,
    abnormal_devices: HashSet<(i64, u16)>,
    part: Part,
    slots: Slots,
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
            slots: Slots::default(),
            viewer_days: Vec::new(),
            entries: Vec::new(),
            ranked: Vec::new(),
        }
    }

    /// Devices (hash, place of the day) whose views do not count, from [`Partial::devices_over`].
    pub fn set_abnormal_devices(&mut self, devices: &[(i64, u16)]) {
        self.abnormal_devices = devices.iter().copied().collect();
    }

    /// Gives every event of one bucket its verdict and notes it in `out`. Each run is ordered by
    /// viewer hash (as an unsigned number). The sink sees columns in which copies are merged.
    pub fn bucket(
        &mut self,
        columns: &Columns,
        runs: &[Range<u32>],
        out: &mut Partial,
        mut sink: Option<Sink<'_>>,
    ) {
        let mut parts = Parts::new(columns, runs, self.bucket_bits);
        while parts.next(&mut self.part.columns, |_, _| {}) {
            self.merge_copies();
            self.judge(out);
            if let Some(sink) = sink.as_mut() {
                let part = &self.part;
                for (row, state) in part.state.iter().enumerate() {
                    if let State::Given(verdict) = state {
                        sink(&part.columns, row, part.day[row], *verdict);
                    }
                }
            }
        }
    }

    /// Counts each device's views per day in one bucket, copies once: the first of two rounds when
    /// the rules limit devices, because a device's viewers lie in many buckets.
    pub fn count_devices(&mut self, columns: &Columns, runs: &[Range<u32>], out: &mut Partial) {
        let mut parts = Parts::new(columns, runs, self.bucket_bits);
        while parts.next(&mut self.part.columns, |_, _| {}) {
            self.merge_copies();
            let part = &self.part;
            for row in 0..part.columns.len() {
                let device = part.columns.device[row];
                if part.is_first(row)
                    && part.is_view(row)
                    && device != 0
                    && let Some(day) = self.days.place(part.columns.time[row], 0)
                {
                    *out.devices.entry((device, day)).or_default() += 1;
                }
            }
        }
    }

    /// Finds the copies of a part and merges each into the first row of its event.
    fn merge_copies(&mut self) {
        let Part { columns, first, .. } = &mut self.part;
        copies::find(columns, &mut self.slots, first);
        for (row, &into) in first.iter().enumerate() {
            if index(into) != row {
                columns.merge(index(into), row, |a, b| {
                    // Places of creators are in the order of ids; an unknown one comes last.
                    let rank = |hash| (self.works.creator(hash).unwrap_or(UNKNOWN), hash);
                    if rank(a) <= rank(b) { a } else { b }
                });
            }
        }
    }

    fn judge(&mut self, out: &mut Partial) {
        self.find_places(out);
        self.find_facts(out);
        if self.rules.needs_viewer_days() {
            self.sum_viewer_days();
        }
        let count = self.part.columns.len();
        self.part.kinds.clear();
        self.part.kinds.resize(count, 0);
        self.slots.reset(count);
        self.entries.clear();
        self.ranked.clear();
        let mut interactions = false;
        for row in 0..count {
            match self.part.state[row] {
                State::Long => self.judge_view(row, true),
                State::Short => self.judge_view(row, false),
                State::Interaction => interactions = true,
                State::Apart | State::Given(_) => {}
            }
        }
        self.close_entries();
        if interactions {
            for row in 0..count {
                if self.part.state[row] == State::Interaction {
                    self.part.state[row] = State::Given(self.judge_interaction(row));
                }
            }
        }
        let part = &self.part;
        for (row, state) in part.state.iter().enumerate() {
            if let (State::Given(verdict), true) = (state, part.place[row] != UNKNOWN) {
                let tier = self.rules.tier(part.columns.region[row]);
                out.note(part.place[row], *verdict, tier, part.kinds[row]);
                if self.rules.keeps_watch_time && *verdict == Verdict::Qualified {
                    let own = (part.day[row], part.today[row].creator);
                    out.add_watch(part.place[row], own, part.columns.watch_ms[row]);
                }
            }
        }
    }

    /// Finds each event's day and work. A copy has those of the event that it is a copy of.
    ///
    /// What memory answers is not looked at in the loops that ask: then the processor waits for
    /// many places of memory at once.
    fn find_places(&mut self, out: &mut Partial) {
        let part = &mut self.part;
        let table = self.works.works();
        part.work.clear();
        part.missed.clear();
        table.first(&part.columns.work, &mut part.slot);
        for ((&hash, &slot), row) in part.columns.work.iter().zip(&part.slot).zip(0_u32..) {
            let (found, work) = Index::says(hash, slot);
            part.work.push(work);
            part.missed.push(row);
            let kept = part.missed.len() - usize::from(found);
            part.missed.truncate(kept);
        }
        for &row in &part.missed {
            let hash = part.columns.work[index(row)];
            part.work[index(row)] = table.get(hash).unwrap_or(UNKNOWN);
        }
        part.day.clear();
        let mut hint = 0;
        for (row, &first) in part.first.iter().enumerate() {
            if index(first) != row {
                part.day.push(part.day[index(first)]);
                part.work[row] = part.work[index(first)];
                continue;
            }
            let day = self.days.place(part.columns.time[row], hint);
            hint = day.unwrap_or(hint);
            part.day.push(day.unwrap_or(NOWHERE));
        }
        out.outside += kernel::cast::wide(part.day.iter().filter(|day| **day == NOWHERE).count());
    }

    /// Finds what is known of each event's work on its day, the place of its work-day, and what
    /// follows from these alone.
    fn find_facts(&mut self, out: &mut Partial) {
        let part = &mut self.part;
        let count = part.columns.len();
        part.today.clear();
        part.place.clear();
        part.state.clear();
        if self.works.work_count() > 0 && self.works.day_count() > 0 {
            let works = narrow(self.works.work_count());
            part.at.clear();
            part.at.extend(part.day.iter().zip(&part.work).map(|(&day, &work)| {
                let nowhere = day == NOWHERE || work == UNKNOWN;
                if nowhere { 0 } else { u32::from(day) * works + work }
            }));
            let today = self.works.today();
            part.today.extend(part.at.iter().map(|&at| today[index(at)]));
            for (row, &first) in part.first.iter().enumerate() {
                let (work, hash) = (part.work[row], part.columns.work[index(first)]);
                if work == UNKNOWN || part.day[row] == NOWHERE || part.today[row].work == hash {
                    continue;
                }
                // The slot holds another work with the same top half of its hash.
                let work = self.works.works().get(hash);
                part.work[row] = work.unwrap_or(UNKNOWN);
                if let Some(work) = work {
                    part.today[row] = self.works.works_on(part.day[row])[index(work)];
                }
            }
        } else {
            part.today.resize(count, WorkToday::NONE);
        }
        for row in 0..count {
            let (day, work) = (part.day[row], part.work[row]);
            let first = index(part.first[row]);
            let copy = first != row;
            let columns = &part.columns;
            if day == NOWHERE {
                part.place.push(UNKNOWN);
                part.state.push(State::Apart);
                continue;
            }
            if work == UNKNOWN {
                let (waiting, copies) = if copy { (0, 1) } else { (1, 0) };
                out.add_unknown(day, columns.work[first], waiting, copies);
                let verdict = if copy { Verdict::Duplicate } else { Verdict::Excluded };
                part.place.push(UNKNOWN);
                part.state.push(State::Given(verdict));
                continue;
            }
            let today = &mut part.today[row];
            let named = columns.creator[first];
            let named = if named == 0 { None } else { self.works.creator(named) };
            let place = match named.filter(|named| *named != today.creator) {
                Some(creator) => {
                    today.creator = creator;
                    today.account = self.works.account(day, creator);
                    out.place_of_other(day, work, creator)
                }
                None => out.place(day, work),
            };
            part.place.push(place);
            part.state.push(if copy {
                State::Given(Verdict::Duplicate)
            } else {
                first_look(self.rules, columns, row, today)
            });
        }
    }

    /// Sums each viewer's views of a day and marks the days that are not believable.
    fn sum_viewer_days(&mut self) {
        let Part { columns, first, day, viewer_day, .. } = &mut self.part;
        self.slots.reset(columns.len());
        self.viewer_days.clear();
        viewer_day.clear();
        // The row that each viewer's day was first seen in.
        let mut seen_in: Vec<u32> = Vec::new();
        for (row, &viewer) in columns.viewer.iter().enumerate() {
            let on = day[row];
            if on == NOWHERE || index(first[row]) != row {
                viewer_day.push(UNKNOWN);
                continue;
            }
            let hash = spread(viewer, u32::from(on));
            let same = |place: usize| {
                let other = index(seen_in[place]);
                columns.viewer[other] == viewer && day[other] == on
            };
            let place = self.slots.find(hash, same).unwrap_or_else(|at| {
                let place = self.viewer_days.len();
                self.slots.put(at, hash, place);
                self.viewer_days.push((0, false));
                seen_in.push(narrow(row));
                place
            });
            let view = columns.kind[row] == Kind::View.code();
            self.viewer_days[place].0 += u32::from(view);
            viewer_day.push(narrow(place));
        }
        if let Some(most) = self.rules.viewer_views_max {
            for (views, abnormal) in &mut self.viewer_days {
                *abnormal = *views > most;
            }
        }
        if let Some((share_ppm, from)) = self.rules.one_creator {
            self.mark_concentrated(share_ppm, from);
        }
    }

    /// Marks the viewer-days of at least `from` views of which one creator got too large a share.
    fn mark_concentrated(&mut self, share_ppm: u64, from: u32) {
        let part = &self.part;
        let mut seen: Vec<(u32, u32)> = Vec::new();
        for (row, &place) in part.viewer_day.iter().enumerate() {
            let known = place != UNKNOWN && part.place[row] != UNKNOWN;
            if known && part.is_view(row) && self.viewer_days[index(place)].0 >= from {
                seen.push((place, part.today[row].creator));
            }
        }
        seen.sort_unstable();
        for group in seen.chunk_by(|a, b| a == b) {
            let (views, abnormal) = &mut self.viewer_days[index(group[0].0)];
            let to_one = kernel::cast::wide(group.len()) * 1_000_000;
            *abnormal |= to_one > share_ppm * u64::from(*views);
        }
    }

    /// The verdict on viewers and devices that do too much.
    #[inline]
    fn abnormal(&self, row: usize) -> Option<Verdict> {
        let part = &self.part;
        if self.rules.needs_viewer_days() && self.viewer_days[index(part.viewer_day[row])].1 {
            return Some(Verdict::AbnormalViewer);
        }
        let devices = &self.abnormal_devices;
        let of_device =
            !devices.is_empty() && devices.contains(&(part.columns.device[row], part.day[row]));
        of_device.then_some(Verdict::AbnormalDevice)
    }

    #[inline]
    fn judge_view(&mut self, row: usize, long_enough: bool) {
        if let Some(verdict) = self.abnormal(row) {
            self.part.state[row] = State::Given(verdict);
            return;
        }
        let flags = self.part.columns.flags[row];
        if !long_enough {
            self.part.state[row] = State::Given(Verdict::TooShort);
            if flags == 0 || !self.rules.interaction_on_any {
                return;
            }
        }
        let entry = self.entry(row);
        if flags != 0 {
            let held = &mut self.entries[entry];
            let fresh = if self.rules.interaction_per_viewer { flags & !held.kinds } else { flags };
            held.kinds |= flags;
            self.part.kinds[row] = u8::try_from(fresh).unwrap_or(0);
        }
        if long_enough {
            self.add_view(row, entry);
        }
    }

    /// Notes a view that is long enough; which of them count is known when all have been seen.
    #[inline]
    fn add_view(&mut self, row: usize, entry: usize) {
        let columns = &self.part.columns;
        let held = &mut self.entries[entry];
        held.views += 1;
        if self.rules.per_viewer != 1 {
            let key = (narrow(entry), columns.time[row], columns.id[row], narrow(row));
            self.ranked.push(key);
        } else if held.views == 1 {
            held.row = narrow(row);
        } else {
            let when = |row: usize| (columns.time[row], columns.id[row]);
            let repeat = if when(row) < when(index(held.row)) {
                std::mem::replace(&mut held.row, narrow(row))
            } else {
                narrow(row)
            };
            self.part.state[index(repeat)] = State::Given(Verdict::Repeat);
        }
    }

    /// The entry of an event's viewer and work-day, made when first asked for.
    #[inline]
    fn entry(&mut self, row: usize) -> usize {
        self.find_entry(row).unwrap_or_else(|(at, hash)| {
            let entry = self.entries.len();
            self.slots.put(at, hash, entry);
            let place = self.part.place[row];
            self.entries.push(Entry { row: narrow(row), views: 0, kinds: 0, place });
            entry
        })
    }

    /// The entry of an event's viewer and work-day, or the slot and hash to put it under.
    #[inline]
    fn find_entry(&self, row: usize) -> Result<usize, (usize, u64)> {
        let viewers = &self.part.columns.viewer;
        let (viewer, place) = (viewers[row], self.part.place[row]);
        let hash = spread(viewer, place);
        let same = |entry: usize| {
            let entry = &self.entries[entry];
            entry.place == place && viewers[index(entry.row)] == viewer
        };
        self.slots.find(hash, same).map_err(|at| (at, hash))
    }

    /// Decides the views of every entry: the earliest so many qualify, the others are repeats.
    fn close_entries(&mut self) {
        if self.rules.per_viewer == 1 {
            for entry in self.entries.iter().filter(|entry| entry.views > 0) {
                self.part.state[index(entry.row)] = State::Given(Verdict::Qualified);
            }
            return;
        }
        self.ranked.sort_unstable();
        let most = match self.rules.per_viewer {
            0 => usize::MAX,
            limit => index(limit),
        };
        for views in self.ranked.chunk_by(|a, b| a.0 == b.0) {
            for (rank, &(_, _, _, row)) in views.iter().enumerate() {
                let verdict = if rank < most { Verdict::Qualified } else { Verdict::Repeat };
                self.part.state[index(row)] = State::Given(verdict);
            }
        }
    }

    fn judge_interaction(&mut self, row: usize) -> Verdict {
        if let Some(verdict) = self.abnormal(row) {
            return verdict;
        }
        let seen = self.find_entry(row).ok();
        let viewed = seen.is_some_and(|entry| self.entries[entry].views > 0);
        if !viewed && !self.rules.interaction_on_any {
            return Verdict::InteractionWithoutView;
        }
        let entry = self.entry(row);
        let bit = 1_u8 << (self.part.columns.kind[row] - 1);
        let held = &mut self.entries[entry];
        if self.rules.interaction_per_viewer && held.kinds & i32::from(bit) != 0 {
            return Verdict::InteractionRepeat;
        }
        held.kinds |= i32::from(bit);
        self.part.kinds[row] = bit;
        Verdict::Effective
    }
}

/// What follows from an event and its work alone.
#[inline]
fn first_look(rules: &Rules, columns: &Columns, row: usize, today: &WorkToday) -> State {
    if today.exclusion.is_some_and(|reason| !reason.is_of_membership()) {
        return State::Given(Verdict::Excluded);
    }
    if rules.exclude_self && today.account == columns.viewer[row] {
        return State::Given(Verdict::SelfView);
    }
    if rules.exclude_paid && columns.source[row] != 0 {
        return State::Given(Verdict::PaidTraffic);
    }
    if columns.kind[row] != Kind::View.code() {
        return State::Interaction;
    }
    let told = columns.length_ms[row];
    let length = if told == NO_LENGTH { today.length_ms } else { told };
    if rules.long_enough(columns.watch_ms[row], length) { State::Long } else { State::Short }
}

/// A hash of a viewer and a place: 2^64 divided by the golden ratio spreads small differences over
/// the high bits, which are then brought down.
#[inline]
fn spread(viewer: i64, place: u32) -> u64 {
    const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
    let hash = viewer.cast_unsigned() ^ u64::from(place).wrapping_mul(GOLDEN);
    let hash = hash.wrapping_mul(GOLDEN);
    hash ^ hash >> 32
}
