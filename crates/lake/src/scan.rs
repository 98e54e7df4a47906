//! Scans: one bucket of viewers from many segments, as columns.
use std::fs::File;
use std::io::{self, Read, Seek};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use kernel::cast::{narrow, top_bits, wide};
use metering::Columns;
use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::{DataType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::file::statistics::Statistics;

use crate::segment::{SegmentFile, WIDE};

/// Rows that a bucket should have: large enough to amortise, small enough for two in memory.
const BUCKET_ROWS: usize = 400_000;
/// Most buckets of a scan, as a power of two: what segments are cut into at most.
const BITS_MAX: u32 = 5;

/// Why a scan failed.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// A file that the manifest names cannot be opened.
    #[error("segment `{path}` cannot be opened: restore it from a backup of the lake folder")]
    Missing {
        /// The file.
        path: PathBuf,
        /// What the file system says.
        #[source]
        source: io::Error,
    },
    /// A segment cannot be read.
    #[error("segment `{path}` cannot be read: it does not hold what was written")]
    Broken {
        /// The file.
        path: PathBuf,
        /// What the Parquet reader says.
        #[source]
        source: ParquetError,
    },
    /// More rows in a bucket than row numbers can count.
    #[error("a bucket has more than 2^31 events: settle fewer days at a time")]
    TooManyRows,
}

/// A segment to scan.
#[derive(Debug, Clone, Default)]
pub struct ScanPart {
    /// Its place below the lake's folder.
    pub path: String,
    /// Times (from, until) of events to leave out, as if they had not come.
    pub void: Vec<(i64, i64)>,
}

/// Open segments, read bucket by bucket.
#[derive(Debug)]
pub struct Scan {
    segments: Vec<SegmentFile>,
    bits: u32,
}

impl Scan {
    /// Opens segments by their places below `root`. The number of buckets is chosen by their size.
    ///
    /// # Errors
    /// [`ScanError::Missing`] for a file that is not there or is no segment.
    pub fn open(root: &Path, parts: Vec<ScanPart>) -> Result<Scan, ScanError> {
        let mut segments = Vec::new();
        for part in parts {
            let path = root.join(part.path);
            let segment = SegmentFile::open(&path);
            let segment = segment.map_err(|source| ScanError::Missing { path, source })?;
            segments.push(SegmentFile { void: part.void, ..segment });
        }
        let rows = segments.iter().map(SegmentFile::rows).sum::<usize>();
        let wanted = rows.div_ceil(BUCKET_ROWS).max(1).next_power_of_two();
        Ok(Scan { segments, bits: wanted.trailing_zeros().min(BITS_MAX) })
    }

    /// Number of buckets, as a power of two.
    #[must_use]
    pub fn bits(&self) -> u32 {
        self.bits
    }

    /// Reads one bucket. `columns` is filled; the answer has for each segment, in order, the range
    /// of its rows, ordered by viewer. With `only` set, other columns than those stay empty.
    ///
    /// # Errors
    /// [`ScanError`] naming the segment.
    pub fn bucket(
        &self,
        bucket: usize,
        only: Option<&[usize]>,
        columns: &mut Columns,
    ) -> Result<Vec<Range<u32>>, ScanError> {
        columns.clear();
        let mut runs = Vec::with_capacity(self.segments.len());
        let mut rows = 0_usize;
        for segment in &self.segments {
            let start = rows;
            rows += self.read(segment, bucket, only, columns)?;
            if rows > kernel::limits::BUCKET_ROWS_MAX {
                return Err(ScanError::TooManyRows);
            }
            runs.push(narrow(start)..narrow(rows));
        }
        Ok(runs)
    }

    /// Reads one segment's rows of a bucket.
    ///
    /// # Errors
    /// [`ScanError`] naming the segment.
    pub fn segment(
        &self,
        segment: usize,
        bucket: usize,
        columns: &mut Columns,
    ) -> Result<(), ScanError> {
        columns.clear();
        self.read(&self.segments[segment], bucket, None, columns)?;
        Ok(())
    }

    fn read(
        &self,
        segment: &SegmentFile,
        bucket: usize,
        only: Option<&[usize]>,
        columns: &mut Columns,
    ) -> Result<usize, ScanError> {
        let groups = segment.groups(bucket, self.bits);
        segment
            .read(groups, bucket, self.bits, only, columns)
            .map_err(|source| ScanError::Broken { path: segment.path.clone(), source })
    }
}

impl SegmentFile {
    /// The row groups that hold a bucket of a scan of `2^bits` buckets.
    fn groups(&self, bucket: usize, bits: u32) -> &[(usize, usize)] {
        let (low, high) = if bits <= self.bits {
            (bucket << (self.bits - bits), (bucket + 1) << (self.bits - bits))
        } else {
            let only = bucket >> (bits - self.bits);
            (only, only + 1)
        };
        let start = self.buckets.partition_point(|&(b, _)| b < low);
        let end = self.buckets.partition_point(|&(b, _)| b < high);
        &self.buckets[start..end]
    }

    fn read_group(
        &self,
        group: usize,
        chunk: &Arc<Stretch>,
        wanted: &dyn Fn(usize) -> bool,
        columns: &mut Columns,
    ) -> Result<(), ParquetError> {
        let meta = self.metadata.row_group(group);
        let rows = usize::try_from(meta.num_rows()).unwrap_or(0);
        for (place, column) in meta.columns().iter().enumerate() {
            if !wanted(place) {
                continue;
            }
            if place < WIDE {
                let into = &mut *columns.wide()[place];
                read_column::<Int64Type>(chunk, column, rows, constant_wide(column), into)?;
            } else {
                let into = &mut *columns.narrow()[place - WIDE];
                read_column::<Int32Type>(chunk, column, rows, constant_narrow(column), into)?;
            }
        }
        Ok(())
    }

    /// Appends a bucket's rows; gives their number.
    fn read(
        &self,
        groups: &[(usize, usize)],
        bucket: usize,
        bits: u32,
        only: Option<&[usize]>,
        columns: &mut Columns,
    ) -> Result<usize, ParquetError> {
        let first = columns.viewer.len();
        // What is left out is known by its time; then all columns keep one length.
        let only = only.filter(|_| self.void.is_empty());
        let meta = |group: usize| self.metadata.row_group(group);
        let rows: i64 = groups.iter().map(|&(_, group)| meta(group).num_rows()).sum();
        // All columns of the groups lie side by side; of some columns, each group's by themselves.
        let together = if only.is_some() { 1 } else { groups.len().max(1) };
        let wanted = |place: usize| only.is_none_or(|only| only.contains(&place));
        for groups in groups.chunks(together) {
            let spans = groups.iter().flat_map(|&(_, group)| {
                let columns = meta(group).columns().iter().enumerate();
                columns.filter(|(place, _)| wanted(*place)).map(|(_, column)| column.byte_range())
            });
            let spans = spans.map(|(offset, length)| (offset, offset + length));
            let span = spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
            let (start, end) = span.unwrap_or_default();
            let chunk = Arc::new(Stretch::read(&self.path, start, end)?);
            for &(_, group) in groups {
                self.read_group(group, &chunk, &wanted, columns)?;
            }
        }
        let rows = usize::try_from(rows).unwrap_or(0);
        let rows = if bits > self.bits { keep_bucket(columns, first, bucket, bits) } else { rows };
        Ok(if self.void.is_empty() { rows } else { leave_out(columns, first, &self.void) })
    }
}

/// Keeps, of the rows from `first` on, those of one bucket: the segment's buckets are wider.
fn keep_bucket(columns: &mut Columns, first: usize, bucket: usize, bits: u32) -> usize {
    let viewers = &columns.viewer[first..];
    let start = viewers.partition_point(|v| top_bits(v.cast_unsigned(), bits) < bucket);
    let end = viewers.partition_point(|v| top_bits(v.cast_unsigned(), bits) <= bucket);
    for column in columns.wide().into_iter().filter(|column| !column.is_empty()) {
        column.truncate(first + end);
        column.drain(first..first + start);
    }
    for column in columns.narrow().into_iter().filter(|column| !column.is_empty()) {
        column.truncate(first + end);
        column.drain(first..first + start);
    }
    end - start
}

/// Leaves out, of the rows from `first` on, those with a time in `void`; gives what stays.
fn leave_out(columns: &mut Columns, first: usize, void: &[(i64, i64)]) -> usize {
    let stays = |time: &i64| !void.iter().any(|(from, until)| time >= from && time < until);
    let rows: Vec<usize> =
        (first..columns.time.len()).filter(|row| stays(&columns.time[*row])).collect();
    for column in columns.wide() {
        let kept: Vec<i64> = rows.iter().map(|row| column[*row]).collect();
        column.truncate(first);
        column.extend(kept);
    }
    for column in columns.narrow() {
        let kept: Vec<i32> = rows.iter().map(|row| column[*row]).collect();
        column.truncate(first);
        column.extend(kept);
    }
    rows.len()
}

/// The one value of a column chunk whose statistics say that it has only one.
fn constant_wide(column: &ColumnChunkMetaData) -> Option<i64> {
    match column.statistics() {
        Some(Statistics::Int64(stats)) => match (stats.min_opt(), stats.max_opt()) {
            (Some(min), Some(max)) if min == max => Some(*min),
            _ => None,
        },
        _ => None,
    }
}

fn constant_narrow(column: &ColumnChunkMetaData) -> Option<i32> {
    match column.statistics() {
        Some(Statistics::Int32(stats)) => match (stats.min_opt(), stats.max_opt()) {
            (Some(min), Some(max)) if min == max => Some(*min),
            _ => None,
        },
        _ => None,
    }
}

fn read_column<T: DataType>(
    chunk: &Arc<Stretch>,
    column: &ColumnChunkMetaData,
    rows: usize,
    constant: Option<T::T>,
    into: &mut Vec<T::T>,
) -> Result<(), ParquetError> {
    if let Some(value) = constant {
        into.resize(into.len() + rows, value);
        return Ok(());
    }
    let pages = SerializedPageReader::new(Arc::clone(chunk), column, rows, None)?;
    let mut reader = ColumnReaderImpl::<T>::new(column.column_descr_ptr(), Box::new(pages));
    let before = into.len();
    while into.len() < before + rows {
        let (read, _, _) = reader.read_records(before + rows - into.len(), None, None, into)?;
        if read == 0 {
            return Err(ParquetError::EOF(format!("column `{}` ends early", column.column_path())));
        }
    }
    Ok(())
}

/// A stretch of a file, read at once.
struct Stretch {
    offset: u64,
    bytes: Bytes,
}

impl Stretch {
    fn read(path: &Path, start: u64, end: u64) -> io::Result<Stretch> {
        let length = usize::try_from(end.saturating_sub(start)).unwrap_or(0);
        let mut bytes = Vec::with_capacity(length);
        let mut file = File::open(path)?;
        file.seek(io::SeekFrom::Start(start))?;
        if file.take(wide(length)).read_to_end(&mut bytes)? < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Stretch { offset: start, bytes: Bytes::from(bytes) })
    }

    fn slice(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let from = usize::try_from(start.wrapping_sub(self.offset)).unwrap_or(usize::MAX);
        let end = from.checked_add(length).filter(|end| *end <= self.bytes.len());
        let end =
            end.ok_or_else(|| ParquetError::EOF("a page lies outside its row group".into()))?;
        Ok(self.bytes.slice(from..end))
    }
}

impl Length for Stretch {
    fn len(&self) -> u64 {
        self.offset + wide(self.bytes.len())
    }
}

impl ChunkReader for Stretch {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        let length = usize::try_from(self.len().saturating_sub(start)).unwrap_or(0);
        Ok(bytes::Buf::reader(self.slice(start, length)?))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        self.slice(start, length)
    }
}
