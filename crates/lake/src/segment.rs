//! One segment: the events of one UTC hour, ordered by viewer, in Parquet.
//!
//! A row group is one bucket (the top bits of the viewer hash), so that a scan of a bucket reads
//! one stretch of each file. Hashes do not compress and are stored plain; times and watch times are
//! delta-packed; the small columns are dictionary-coded. Anybody can read the file.
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use metering::Columns;
use parquet::basic::{Compression, Encoding};
use parquet::column::writer::ColumnWriter;
use parquet::errors::ParquetError;
use parquet::file::metadata::{KeyValue, ParquetMetaData};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::{ColumnPath, TypePtr};

/// The columns of a segment, in order: six of 64 bits, then six of 32 bits.
pub const SEGMENT_COLUMNS: [&str; 12] = [
    "id",
    "viewer",
    "work",
    "time",
    "device",
    "creator",
    "kind",
    "source",
    "flags",
    "region",
    "watch_ms",
    "length_ms",
];

/// How many of [`SEGMENT_COLUMNS`] have 64 bits.
pub(crate) const WIDE: usize = 6;

const SCHEMA: &str = "message event {
    required int64 id; required int64 viewer; required int64 work;
    required int64 time (timestamp(micros,true)); required int64 device; required int64 creator;
    required int32 kind; required int32 source; required int32 flags; required int32 region;
    required int32 watch_ms; required int32 length_ms;
}";

/// Key of the file's metadata under which the bucket of each row group stands.
const BUCKETS_KEY: &str = "stipend.buckets";
/// Rows that a row group should have at least; smaller segments have fewer, wider buckets.
const GROUP_ROWS: usize = 2_048;
/// Most buckets of a segment, as a power of two.
const BITS_MAX: u32 = 5;

/// What the manifest holds of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentInfo {
    /// Its place below the lake's folder.
    pub path: String,
    /// The time of its earliest event, in microseconds since 1970 UTC.
    pub first_us: i64,
    /// The time of its latest event.
    pub last_us: i64,
    /// Its events.
    pub rows: u64,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of the file.
    pub digest: [u8; 32],
}

fn schema() -> Result<TypePtr, ParquetError> {
    static SCHEMA_ONCE: OnceLock<TypePtr> = OnceLock::new();
    if let Some(schema) = SCHEMA_ONCE.get() {
        return Ok(Arc::clone(schema));
    }
    let parsed = Arc::new(parse_message_type(SCHEMA)?);
    Ok(Arc::clone(SCHEMA_ONCE.get_or_init(|| parsed)))
}

fn properties(buckets: &[usize], bits: u32) -> WriterPropertiesPtr {
    let names: Vec<String> = buckets.iter().map(ToString::to_string).collect();
    let value = format!("{bits}:{}", names.join(","));
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::UNCOMPRESSED)
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_key_value_metadata(Some(vec![KeyValue::new(BUCKETS_KEY.to_owned(), value)]));
    for name in SEGMENT_COLUMNS {
        let hash = ["id", "viewer", "work", "device", "creator"].contains(&name);
        let encoding = if hash { Encoding::PLAIN } else { Encoding::DELTA_BINARY_PACKED };
        properties = properties.set_column_encoding(ColumnPath::from(name), encoding);
    }
    // Nobody prunes by a hash.
    for name in ["id", "viewer", "work"] {
        properties = properties
            .set_column_statistics_enabled(ColumnPath::from(name), EnabledStatistics::None);
    }
    Arc::new(properties.build())
}

/// The bits of a segment's buckets, by its number of rows.
fn bits_for(rows: usize) -> u32 {
    (rows / GROUP_ROWS).checked_ilog2().unwrap_or(0).min(BITS_MAX)
}

/// Events ordered by viewer, as the bytes of a Parquet file. `columns` may be in any order.
///
/// # Errors
/// Whatever the Parquet writer says.
pub(crate) fn encode(columns: &mut Columns) -> Result<Vec<u8>, ParquetError> {
    let rows = columns.len();
    // Ties by time and id, so that a segment's bytes do not depend on the order of arrival.
    let mut order: Vec<(u64, u32)> =
        (0_u32..).zip(&columns.viewer).map(|(row, viewer)| (viewer.cast_unsigned(), row)).collect();
    let key = |row: u32| {
        let row = row as usize;
        (columns.time[row], columns.id[row], columns.watch_ms[row], columns.flags[row])
    };
    order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| key(a.1).cmp(&key(b.1))));
    let bits = bits_for(rows);
    let bucket_of = |viewer: u64| kernel::cast::top_bits(viewer, bits);
    let groups: Vec<&[(u64, u32)]> =
        order.chunk_by(|a, b| bucket_of(a.0) == bucket_of(b.0)).collect();
    let buckets: Vec<usize> = groups.iter().map(|group| bucket_of(group[0].0)).collect();
    let mut bytes = Vec::with_capacity(rows * 48 + 65_536);
    let mut writer = SerializedFileWriter::new(&mut bytes, schema()?, properties(&buckets, bits))?;
    let (mut wide, mut narrow) = (Vec::new(), Vec::new());
    for group in groups {
        let mut row_group = writer.next_row_group()?;
        let mut place = 0;
        while let Some(mut column) = row_group.next_column()? {
            match column.untyped() {
                ColumnWriter::Int64ColumnWriter(typed) => {
                    let from = &*columns.wide()[place];
                    wide.clear();
                    wide.extend(group.iter().map(|&(_, row)| from[row as usize]));
                    typed.write_batch(&wide, None, None)?;
                }
                ColumnWriter::Int32ColumnWriter(typed) => {
                    let from = &*columns.narrow()[place - WIDE];
                    narrow.clear();
                    narrow.extend(group.iter().map(|&(_, row)| from[row as usize]));
                    typed.write_batch(&narrow, None, None)?;
                }
                _ => return Err(ParquetError::General("a segment has integers only".into())),
            }
            column.close()?;
            place += 1;
        }
        row_group.close()?;
    }
    writer.close()?;
    Ok(bytes)
}

/// An open segment: its footer and which row group holds which bucket.
#[derive(Debug)]
pub struct SegmentFile {
    pub(crate) path: PathBuf,
    pub(crate) metadata: Arc<ParquetMetaData>,
    pub(crate) bits: u32,
    /// (bucket, row group), ordered.
    pub(crate) buckets: Vec<(usize, usize)>,
    /// Times (from, until) of events that a scan leaves out.
    pub(crate) void: Vec<(i64, i64)>,
}

impl SegmentFile {
    /// Reads a segment's footer.
    ///
    /// # Errors
    /// Whatever the file system or the Parquet reader says; `InvalidData` for a file that is no
    /// segment.
    pub fn open(path: &Path) -> io::Result<SegmentFile> {
        let invalid = |text: String| io::Error::new(io::ErrorKind::InvalidData, text);
        let reader = SerializedFileReader::new(File::open(path)?)
            .map_err(|error| invalid(error.to_string()))?;
        let metadata = reader.metadata();
        let pairs = metadata.file_metadata().key_value_metadata();
        let value = pairs
            .and_then(|pairs| pairs.iter().find(|pair| pair.key == BUCKETS_KEY))
            .and_then(|pair| pair.value.as_deref())
            .ok_or_else(|| invalid(format!("`{}` is not a segment", path.display())))?;
        let broken = || invalid(format!("the buckets of `{}` are broken", path.display()));
        let (bits, list) = value.split_once(':').ok_or_else(broken)?;
        let bits = bits.parse().map_err(|_| broken())?;
        let buckets: Result<Vec<usize>, _> =
            list.split(',').filter(|text| !text.is_empty()).map(str::parse).collect();
        let buckets = buckets.map_err(|_| broken())?;
        if buckets.len() != metadata.num_row_groups() {
            return Err(broken());
        }
        let buckets = buckets.into_iter().zip(0..).collect();
        let metadata = Arc::new(metadata.clone());
        Ok(SegmentFile { path: path.to_owned(), metadata, bits, buckets, void: Vec::new() })
    }

    /// Number of events.
    #[must_use]
    pub fn rows(&self) -> usize {
        usize::try_from(self.metadata.file_metadata().num_rows()).unwrap_or(0)
    }
}
