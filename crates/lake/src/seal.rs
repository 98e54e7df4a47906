//! Sealing: events gathered by UTC hour and written as segments.
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use kernel::cast::wide;
use kernel::day::HOUR_US;
use metering::Columns;

use crate::files;
use crate::segment::{self, SegmentInfo};

/// Events by hour. Each worker of an import fills one.
#[derive(Debug, Default)]
pub struct Hours {
    hours: BTreeMap<i64, Columns>,
    current: i64,
    buffer: Columns,
    rows: usize,
}

impl Hours {
    /// The columns to push an event of this time to, one value to each.
    pub fn at(&mut self, time_us: i64) -> &mut Columns {
        let hour = time_us.div_euclid(HOUR_US);
        if hour != self.current {
            self.put_back();
            self.current = hour;
            self.buffer = self.hours.remove(&hour).unwrap_or_default();
        }
        self.rows += 1;
        &mut self.buffer
    }

    fn put_back(&mut self) {
        if !self.buffer.is_empty() {
            self.hours.insert(self.current, std::mem::take(&mut self.buffer));
        }
    }

    /// Events held.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Gives up all events, by hour.
    pub fn take(&mut self) -> BTreeMap<i64, Columns> {
        self.put_back();
        self.rows = 0;
        self.current = 0;
        std::mem::take(&mut self.hours)
    }
}

/// Writes segments of one import into the lake's folder. They count once the manifest names them.
#[derive(Debug)]
pub struct Sealer {
    root: PathBuf,
    import: String,
    written: Vec<SegmentInfo>,
}

impl Sealer {
    /// A sealer for the import of that name; names differ from import to import.
    #[must_use]
    pub fn new(root: &Path, import: &str) -> Sealer {
        Sealer { root: root.to_owned(), import: import.to_owned(), written: Vec::new() }
    }

    /// Writes all gathered events as segments, hours in parallel on `threads` threads.
    ///
    /// # Errors
    /// Whatever the file system or the Parquet writer says.
    pub fn seal(&mut self, workers: Vec<BTreeMap<i64, Columns>>, threads: usize) -> io::Result<()> {
        let mut hours: BTreeMap<i64, Vec<Columns>> = BTreeMap::new();
        for (hour, columns) in workers.into_iter().flatten() {
            hours.entry(hour).or_default().push(columns);
        }
        let batch = self.written.len();
        let jobs: Vec<(i64, Vec<Columns>)> = hours.into_iter().collect();
        let queue = std::sync::Mutex::new(jobs.into_iter());
        let (root, import) = (&self.root, &self.import);
        let work = || -> io::Result<Vec<SegmentInfo>> {
            let mut written = Vec::new();
            loop {
                let next = queue.lock().map_or(None, |mut jobs| jobs.next());
                let Some((hour, parts)) = next else {
                    return Ok(written);
                };
                let name = format!("{}/{import}-{batch}.parquet", hour_path(hour));
                written.push(write_segment(root, &name, parts)?);
            }
        };
        let results: Vec<io::Result<Vec<SegmentInfo>>> = std::thread::scope(|scope| {
            let handles: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
            let panicked = || Err(io::Error::other("a sealing thread panicked"));
            handles.into_iter().map(|h| h.join().unwrap_or_else(|_| panicked())).collect()
        });
        let mut written = Vec::new();
        for result in results {
            written.extend(result?);
        }
        written.sort_by(|a, b| a.path.cmp(&b.path));
        self.written.extend(written);
        Ok(())
    }

    /// Makes the names of all segments durable and gives what the manifest needs.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn finish(self) -> io::Result<Vec<SegmentInfo>> {
        let mut folders: Vec<PathBuf> = Vec::new();
        for segment in &self.written {
            let path = self.root.join(&segment.path);
            for folder in
                path.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.root))
            {
                folders.push(folder.to_owned());
            }
        }
        folders.sort();
        folders.dedup();
        for folder in &folders {
            files::sync_folder(folder)?;
        }
        Ok(self.written)
    }

    /// Removes what was written: the import turned out to be a repetition, or failed.
    pub fn discard(self) {
        for segment in &self.written {
            // A file that stays is garbage without a manifest row; it does no harm.
            std::fs::remove_file(self.root.join(&segment.path)).ok();
        }
    }
}

/// `2022-04-24/15`: the folder of an hour.
fn hour_path(hour: i64) -> String {
    let day = kernel::Zone::utc().day_of(hour * HOUR_US);
    format!("events/{day}/{:02}", hour.rem_euclid(24))
}

fn write_segment(root: &Path, name: &str, parts: Vec<Columns>) -> io::Result<SegmentInfo> {
    let mut parts = parts.into_iter();
    let mut columns = parts.next().unwrap_or_default();
    for mut part in parts {
        for (into, from) in columns.wide().into_iter().zip(part.wide()) {
            into.append(from);
        }
        for (into, from) in columns.narrow().into_iter().zip(part.narrow()) {
            into.append(from);
        }
    }
    let bytes =
        segment::encode(&mut columns).map_err(|error| io::Error::other(error.to_string()))?;
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().unwrap_or(root))?;
    // Never over another segment, whatever happens to names.
    let mut file = std::fs::File::create_new(&path)?;
    io::Write::write_all(&mut file, &bytes)?;
    file.sync_all()?;
    Ok(SegmentInfo {
        path: name.to_owned(),
        first_us: columns.time.iter().copied().min().unwrap_or(0),
        last_us: columns.time.iter().copied().max().unwrap_or(0),
        rows: wide(columns.len()),
        bytes: wide(bytes.len()),
        digest: files::sha256(&bytes),
    })
}
