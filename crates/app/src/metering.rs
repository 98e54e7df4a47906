//! Metering some days: segments through the kernel, buckets on several threads.
use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use lake::{Scan, ScanError, ScanPart};
use metering::{Columns, Meter, Partial, Rules, TargetDays, Verdict, WorkTable};
use store::SegmentRow;

/// What metering needs.
pub(crate) struct Job<'a> {
    pub(crate) lake: &'a Path,
    pub(crate) segments: &'a [SegmentRow],
    pub(crate) rules: &'a Rules,
    pub(crate) works: &'a WorkTable,
    pub(crate) days: &'a TargetDays,
    pub(crate) closed: &'a [Closed],
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

/// The columns of id and viewer.
const IDENTITY: [usize; 2] = [0, 1];

/// Told the verdict of each event: columns, row, place of the day, verdict.
pub(crate) type EachVerdict<'a> = &'a mut dyn FnMut(&Columns, usize, u16, Verdict);

impl Job<'_> {
    /// Counts everything on the target days.
    pub(crate) fn run(&self) -> Result<Partial, ScanError> {
        let (near, far) = self.open()?;
        let abnormal = match self.rules.device_views_max {
            Some(most) => {
                let counts = self.buckets(&near, &far, |meter, columns, runs, partial| {
                    meter.count_devices(columns, runs, partial);
                })?;
                counts.devices_over(most)
            }
            None => Vec::new(),
        };
        self.buckets(&near, &far, |meter, columns, runs, partial| {
            meter.set_abnormal_devices(&abnormal);
            meter.bucket(columns, runs, partial, None);
        })
    }

    /// The same, on one thread, telling each event's verdict.
    pub(crate) fn tell(&self, each: EachVerdict<'_>) -> Result<(), ScanError> {
        let (near, far) = self.open()?;
        let abnormal = match self.rules.device_views_max {
            Some(most) => self
                .buckets(&near, &far, |meter, columns, runs, partial| {
                    meter.count_devices(columns, runs, partial);
                })?
                .devices_over(most),
            None => Vec::new(),
        };
        let mut meter = Meter::new(self.rules, self.works, self.days, near.bits());
        meter.set_abnormal_devices(&abnormal);
        let mut partial = Partial::new(self.works);
        let mut columns = Columns::default();
        for bucket in 0..1_usize << near.bits() {
            let mut runs = near.bucket(bucket, None, &mut columns)?;
            visit(&far, bucket, &mut columns, &mut runs)?;
            meter.bucket(&mut columns, &runs, &mut partial, Some(&mut *each));
        }
        Ok(())
    }

    /// Segments with events of the target days, and all others: a copy of an event may have come
    /// with a time on another day.
    fn open(&self) -> Result<(Scan, Scan), ScanError> {
        let near = |segment: &&SegmentRow| {
            let bounds = self.days.bounds();
            let place = bounds.partition_point(|&(_, end)| end <= segment.first_us);
            bounds.get(place).is_some_and(|&(start, _)| start <= segment.last_us)
        };
        let part = |segment: &SegmentRow| {
            let late = |closed: &&Closed| {
                closed.manifest_seq < segment.seq
                    && segment.first_us < closed.until
                    && segment.last_us >= closed.from
            };
            let void = self.closed.iter().filter(late).map(|c| (c.from, c.until)).collect();
            ScanPart { path: segment.path.clone(), void }
        };
        let (near, far): (Vec<_>, Vec<_>) = self.segments.iter().partition(near);
        let near = Scan::open(self.lake, near.into_iter().map(part).collect(), None)?;
        let far = Scan::open(self.lake, far.into_iter().map(part).collect(), Some(near.bits()))?;
        Ok((near, far))
    }

    fn buckets(
        &self,
        near: &Scan,
        far: &Scan,
        each: impl Fn(&mut Meter<'_>, &mut Columns, &[Range<u32>], &mut Partial) + Sync,
    ) -> Result<Partial, ScanError> {
        let next = AtomicUsize::new(0);
        let count = 1_usize << near.bits();
        let work = || -> Result<Partial, ScanError> {
            let mut meter = Meter::new(self.rules, self.works, self.days, near.bits());
            let mut partial = Partial::new(self.works);
            let mut columns = Columns::default();
            loop {
                let bucket = next.fetch_add(1, Ordering::Relaxed);
                if bucket >= count {
                    return Ok(partial);
                }
                let mut runs = near.bucket(bucket, None, &mut columns)?;
                visit(far, bucket, &mut columns, &mut runs)?;
                each(&mut meter, &mut columns, &runs, &mut partial);
            }
        };
        let threads = self.threads.clamp(1, count);
        let partials: Vec<Result<Partial, ScanError>> = std::thread::scope(|scope| {
            let handles: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            handles
                .into_iter()
                .map(|handle| {
                    handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                })
                .collect()
        });
        let mut total: Option<Partial> = None;
        for partial in partials {
            match &mut total {
                None => total = Some(partial?),
                Some(total) => total.add(partial?),
            }
        }
        Ok(total.unwrap_or_default())
    }
}

/// Reads all columns of all events and does nothing with them; gives their number.
pub(crate) fn decode(
    lake: &Path,
    segments: &[SegmentRow],
    threads: usize,
) -> Result<u64, ScanError> {
    let part = |segment: &SegmentRow| ScanPart { path: segment.path.clone(), void: Vec::new() };
    let scan = Scan::open(lake, segments.iter().map(part).collect(), None)?;
    let next = AtomicUsize::new(0);
    let work = || -> Result<u64, ScanError> {
        let mut columns = Columns::default();
        let mut rows = 0;
        loop {
            let bucket = next.fetch_add(1, Ordering::Relaxed);
            if bucket >> scan.bits() > 0 {
                return Ok(rows);
            }
            scan.bucket(bucket, None, &mut columns)?;
            rows += kernel::cast::wide(columns.len());
        }
    };
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        handles
            .into_iter()
            .map(|handle| handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .sum()
    })
}

/// Adds to a bucket the copies of its events that lie in other segments, as runs of their own.
fn visit(
    far: &Scan,
    bucket: usize,
    columns: &mut Columns,
    runs: &mut Vec<Range<u32>>,
) -> Result<(), ScanError> {
    if far.rows() == 0 || columns.is_empty() {
        return Ok(());
    }
    let mut others = Columns::default();
    far.bucket(bucket, Some(&IDENTITY), &mut others)?;
    let known: HashSet<(i64, i64)> =
        columns.id.iter().copied().zip(columns.viewer.iter().copied()).collect();
    let copies = others.id.iter().zip(&others.viewer).any(|(id, v)| known.contains(&(*id, *v)));
    if !copies {
        return Ok(());
    }
    let far_runs = far.bucket(bucket, None, &mut others)?;
    for run in far_runs {
        let start = kernel::cast::narrow(columns.len());
        for row in run {
            let row = kernel::cast::index(row);
            if known.contains(&(others.id[row], others.viewer[row])) {
                for (into, from) in columns.wide().into_iter().zip(others.wide()) {
                    into.push(from[row]);
                }
                for (into, from) in columns.narrow().into_iter().zip(others.narrow()) {
                    into.push(from[row]);
                }
            }
        }
        let end = kernel::cast::narrow(columns.len());
        if end > start {
            runs.push(start..end);
        }
    }
    Ok(())
}
