//! Metering some days: segments through the kernel, buckets on several threads.
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use kernel::cast::{index, narrow, wide};
use kernel::{Day, Zone};
use lake::{Scan, ScanError, ScanPart};
use metering::{
    Columns, Counts, Identities, Meter, Partial, Rules, Run, TargetDays, Verdict, WorkTable,
};
use store::SegmentRow;

use crate::threads;

/// What metering needs.
pub(crate) struct Job<'a> {
    pub(crate) lake: &'a Path,
    pub(crate) segments: &'a [SegmentRow],
    pub(crate) rules: &'a Rules,
    pub(crate) works: &'a WorkTable,
    pub(crate) days: &'a TargetDays,
    pub(crate) closed: &'a [Closed],
    pub(crate) astray: &'a Astray,
    pub(crate) threads: usize,
}

/// Times that nothing can be added to: a posted day before the correction window, or all time
/// before the program began. What comes for them later is as if it had not come: it must not draw a
/// copy of an event away from a day on which it counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Closed {
    /// The first instant.
    pub(crate) from: i64,
    /// The first instant after.
    pub(crate) until: i64,
    /// The last segment that was known when the day was last posted.
    pub(crate) manifest_seq: i64,
}

/// A segment as a scan takes it: without what came too late for a closed time.
fn part(segment: &SegmentRow, closed: &[Closed]) -> ScanPart {
    let late = |closed: &&Closed| {
        closed.manifest_seq < segment.seq
            && segment.first_us < closed.until
            && segment.last_us >= closed.from
    };
    let void = closed.iter().filter(late).map(|c| (c.from, c.until)).collect();
    ScanPart { path: segment.path.clone(), void }
}

/// Told the verdict of each event: columns, row, place of the day, verdict.
pub(crate) type EachVerdict<'a> = &'a mut dyn FnMut(&Columns, usize, u16, Verdict);

/// One bucket of the days that are counted.
type EachBucket<'a> = dyn Fn(&mut Meter<'_>, &Columns, &[Range<u32>], &mut Partial) + Sync + 'a;

impl Job<'_> {
    /// Counts everything on the target days.
    pub(crate) fn run(&self) -> Result<Counts, ScanError> {
        let scan = self.open()?;
        let abnormal = self.abnormal_devices(&scan)?;
        let partials = self.buckets(&scan, &|meter, columns, runs, partial| {
            meter.set_abnormal_devices(&abnormal);
            meter.bucket(columns, runs, partial, None);
        })?;
        Ok(Counts::of(partials))
    }

    /// The same, on one thread, telling each event's verdict.
    pub(crate) fn tell(&self, each: EachVerdict<'_>) -> Result<(), ScanError> {
        let scan = self.open()?;
        let abnormal = self.abnormal_devices(&scan)?;
        let mut meter = Meter::new(self.rules, self.works, self.days, scan.bits());
        meter.set_abnormal_devices(&abnormal);
        let mut partial = Partial::new(self.works);
        let mut columns = Columns::default();
        for bucket in 0..1_usize << scan.bits() {
            let runs = self.read(&scan, bucket, &mut columns)?;
            meter.bucket(&columns, &runs, &mut partial, Some(&mut *each));
        }
        Ok(())
    }

    /// The segments with events of the target days.
    fn open(&self) -> Result<Scan, ScanError> {
        let near = |segment: &&SegmentRow| {
            let bounds = self.days.bounds();
            let place = bounds.partition_point(|&(_, end)| end <= segment.first_us);
            bounds.get(place).is_some_and(|&(start, _)| start <= segment.last_us)
        };
        let parts = self.segments.iter().filter(near).map(|segment| part(segment, self.closed));
        Scan::open(self.lake, parts.collect())
    }

    fn abnormal_devices(&self, scan: &Scan) -> Result<Vec<(i64, u16)>, ScanError> {
        let Some(most) = self.rules.device_views_max else { return Ok(Vec::new()) };
        let counts = self.buckets(scan, &|meter, columns, runs, partial| {
            meter.count_devices(columns, runs, partial);
        })?;
        Ok(Partial::devices_over(&counts, most))
    }

    fn buckets(&self, scan: &Scan, each: &EachBucket<'_>) -> Result<Vec<Partial>, ScanError> {
        let make = || {
            let meter = Meter::new(self.rules, self.works, self.days, scan.bits());
            (meter, Partial::new(self.works), Columns::default())
        };
        let states = threads::share(self.threads, 1 << scan.bits(), make, |state, bucket| {
            let (meter, partial, columns) = state;
            let runs = self.read(scan, bucket, columns)?;
            each(meter, columns, &runs, partial);
            Ok(())
        })?;
        Ok(states.into_iter().map(|(_, partial, _)| partial).collect())
    }

    /// Reads a bucket. Events that went astray are taken out of their segments, and come as a run
    /// of their own if they belong to the target days.
    fn read(
        &self,
        scan: &Scan,
        bucket: usize,
        columns: &mut Columns,
    ) -> Result<Vec<Range<u32>>, ScanError> {
        let runs = scan.bucket(bucket, None, columns)?;
        if self.astray.identities.is_empty() {
            return Ok(runs);
        }
        let mut kept = Columns::default();
        let mut kept_runs = Vec::with_capacity(runs.len() + 1);
        for run in runs {
            let start = kept.len();
            for row in index(run.start)..index(run.end) {
                if !self.astray.identities.contains(&(columns.viewer[row], columns.id[row])) {
                    kept.append(columns, row..row + 1);
                }
            }
            kept_runs.push(narrow(start)..narrow(kept.len()));
        }
        let start = kept.len();
        for row in self.astray.bucket(bucket, scan.bits()) {
            if self.days.holds(self.astray.earliest[row]) {
                kept.append(&self.astray.events, row..row + 1);
            }
        }
        kept_runs.push(narrow(start)..narrow(kept.len()));
        *columns = kept;
        Ok(kept_runs)
    }
}

/// Reads all columns of all events and does nothing with them; gives their number.
pub(crate) fn decode(
    lake: &Path,
    segments: &[SegmentRow],
    threads: usize,
) -> Result<u64, ScanError> {
    let scan = Scan::open(lake, segments.iter().map(|segment| part(segment, &[])).collect())?;
    let make = || (Columns::default(), 0);
    let states = threads::share(threads, 1 << scan.bits(), make, |(columns, rows), bucket| {
        scan.bucket(bucket, None, columns)?;
        *rows += wide(columns.len());
        Ok(())
    })?;
    Ok(states.iter().map(|(_, rows)| rows).sum())
}

/// Events of which copies lie on several days, with all their copies. Days are counted by
/// themselves; such events are taken out of all of them and counted on the day that they belong to.
#[derive(Debug, Default)]
pub(crate) struct Astray {
    identities: Identities,
    /// All copies, ordered by viewer.
    events: Columns,
    /// By row of `events`: the earliest time of any copy.
    earliest: Vec<i64>,
    /// The days on which copies lie, of events that have one on a target day.
    pub(crate) days: BTreeSet<Day>,
}

/// The columns of id and viewer.
const IDENTITY: [usize; 2] = [0, 1];

impl Astray {
    /// Finds the events of `targets` that have copies on other days, wherever these lie.
    pub(crate) fn find(
        lake: &Path,
        segments: &[SegmentRow],
        zone: &Zone,
        targets: &BTreeSet<Day>,
        closed: &[Closed],
        threads: usize,
    ) -> Result<Astray, ScanError> {
        let label = |segment: &SegmentRow| {
            let (first, last) = (zone.day_of(segment.first_us), zone.day_of(segment.last_us));
            let day = (first == last).then(|| first.epoch_days());
            let near = targets.range(first..=last).next().is_some();
            Run { rows: 0..0, day, near }
        };
        let labels: Vec<Run> = segments.iter().map(label).collect();
        let parts = segments.iter().map(|segment| part(segment, closed)).collect();
        let scan = Scan::open(lake, parts)?;
        let make = || (Columns::default(), Identities::default(), Columns::default());
        let states = threads::share(threads, 1 << scan.bits(), make, |state, bucket| {
            let (columns, identities, events) = state;
            let runs = scan.bucket(bucket, Some(&IDENTITY), columns)?;
            let mut labels = labels.clone();
            for (run, rows) in labels.iter_mut().zip(runs) {
                run.rows = rows;
            }
            let found = metering::astray(columns, &labels, scan.bits());
            if !found.is_empty() {
                gather(&scan, bucket, &labels, columns, &found, events)?;
            }
            identities.extend(found);
            Ok(())
        })?;
        let mut astray = Astray::default();
        let mut events = Columns::default();
        for (_, identities, found) in states {
            astray.identities.extend(identities);
            events.append(&found, 0..found.len());
        }
        let mut order: Vec<usize> = (0..events.len()).collect();
        order.sort_unstable_by_key(|&row| (events.viewer[row].cast_unsigned(), events.id[row]));
        let identity = |row: usize| (events.viewer[row], events.id[row]);
        for copies in order.chunk_by(|&a, &b| identity(a) == identity(b)) {
            let earliest = copies.iter().map(|&row| events.time[row]).min().unwrap_or(i64::MAX);
            for &row in copies {
                astray.events.append(&events, row..row + 1);
                astray.earliest.push(earliest);
            }
            let days = copies.iter().map(|&row| zone.day_of(events.time[row]));
            let days: BTreeSet<Day> = days.collect();
            if days.len() > 1 && days.iter().any(|day| targets.contains(day)) {
                astray.days.extend(days);
            }
        }
        Ok(astray)
    }

    /// The rows of a bucket.
    fn bucket(&self, bucket: usize, bits: u32) -> Range<usize> {
        let at = |viewer: &i64| kernel::cast::top_bits(viewer.cast_unsigned(), bits);
        let start = self.events.viewer.partition_point(|viewer| at(viewer) < bucket);
        let end = self.events.viewer.partition_point(|viewer| at(viewer) <= bucket);
        start..end
    }
}

/// Reads whole the events of a bucket that are among `found`.
fn gather(
    scan: &Scan,
    bucket: usize,
    labels: &[Run],
    columns: &Columns,
    found: &Identities,
    events: &mut Columns,
) -> Result<(), ScanError> {
    let mut whole = Columns::default();
    for (segment, run) in labels.iter().enumerate() {
        let rows = index(run.rows.start)..index(run.rows.end);
        let is_found =
            |columns: &Columns, row: usize| found.contains(&(columns.viewer[row], columns.id[row]));
        if !rows.clone().any(|row| is_found(columns, row)) {
            continue;
        }
        scan.segment(segment, bucket, &mut whole)?;
        for row in (0..whole.len()).filter(|row| is_found(&whole, *row)) {
            events.append(&whole, row..row + 1);
        }
    }
    Ok(())
}
