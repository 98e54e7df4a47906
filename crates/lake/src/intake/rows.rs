//! Reading all rows of an input, on several threads where the format allows it.
use std::collections::BTreeMap;
use std::io::Read;

use parquet::errors::ParquetError;
use parquet::file::reader::ChunkReader;

use super::cell::Cell;
use super::json::read_object;
use super::lines::{Block, Blocks};
use super::mapping::{Mapping, Target};
use super::parquet::{Group, ParquetRows, side_by_side};
use super::reject::{Refusal, RefusalCode, Refused};
use super::source::{Input, InputFormat};

/// Most bytes of an input that must be held whole: Parquet from a pipe or packed once more, and
/// JSON documents.
const WHOLE_PARQUET_MAX: u64 = 512 << 20;
const WHOLE_JSON_MAX: u64 = 256 << 20;
/// What some programs write at the start of a text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// Refused rows that are kept in memory and written to the rejects file.
const REFUSED_MAX: usize = 1_000_000;

/// Rows read so far. Accepted plus refused is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows read.
    pub read: u64,
    /// Rows accepted.
    pub accepted: u64,
    /// Rows refused.
    pub refused: u64,
    /// Rows refused, by code.
    pub refused_by_code: BTreeMap<&'static str, u64>,
}

impl Counts {
    /// Counts a refused row that was counted as read.
    pub fn refuse(&mut self, refusal: &Refusal) {
        self.refused += 1;
        *self.refused_by_code.entry(refusal.code.code()).or_default() += 1;
    }
}

/// What a worker does with a row.
pub trait RowSink: Send {
    /// Takes a row.
    ///
    /// # Errors
    /// Why the row is refused.
    fn row(&mut self, line: u64, cells: &[Cell<'_>]) -> Result<(), Refusal>;
}

/// Told after each round how far reading is.
pub type Progress<'a> = &'a mut dyn FnMut(&Counts);

/// Why reading an input stopped.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The input cannot be read on.
    #[error("reading the input failed after {lines} lines")]
    Io {
        /// Lines read before.
        lines: u64,
        /// What the file system or the decompressor says.
        #[source]
        source: std::io::Error,
    },
    /// The file has no header, or one that lacks columns.
    #[error("{0}")]
    Header(String),
    /// Not Parquet, or Parquet of types that are not read.
    #[error("the input is not Parquet that can be read: {0}")]
    Parquet(String),
    /// Larger than what is read whole.
    #[error("the input is larger than {0} bytes: write it as NDJSON, one object a line")]
    TooLarge(u64),
}

/// Rows of an input: what was counted and refused.
struct Tally {
    counts: Counts,
    refused: Vec<Refused>,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.counts.read += other.counts.read;
        self.counts.accepted += other.counts.accepted;
        self.counts.refused += other.counts.refused;
        for (code, count) in other.counts.refused_by_code {
            *self.counts.refused_by_code.entry(code).or_default() += count;
        }
        let room = REFUSED_MAX - self.refused.len();
        self.refused.extend(other.refused.into_iter().take(room));
    }

    fn take(&mut self, line: u64, result: Result<(), Refusal>) {
        self.counts.read += 1;
        match result {
            Ok(()) => self.counts.accepted += 1,
            Err(refusal) => {
                self.counts.refuse(&refusal);
                if self.refused.len() < REFUSED_MAX {
                    self.refused.push(Refused { line, refusal });
                }
            }
        }
    }
}

/// Reads every row of `input` into `sinks`, one thread each. After each round of blocks, `between`
/// is called with all sinks (to write out what they gathered).
///
/// # Errors
/// [`ReadError`]; rows before it were given to the sinks.
pub fn read_rows<S: RowSink>(
    input: &mut Input,
    format: InputFormat,
    mapping: &Mapping,
    target: Target,
    sinks: &mut [S],
    between: &mut dyn FnMut(&mut [S], &Counts) -> std::io::Result<()>,
) -> Result<(Counts, Vec<Refused>), ReadError> {
    match format {
        InputFormat::Csv | InputFormat::Ndjson => {
            read_lines(input, format == InputFormat::Csv, mapping, target, sinks, between)
        }
        InputFormat::Json => read_whole(input, mapping, sinks, between),
        InputFormat::CloudEvents => read_cloud_events(input, mapping, target, sinks, between),
        InputFormat::Parquet => read_parquet(input, mapping, target, sinks, between),
    }
}

/// One event a line is read as lines, however many they are; anything else as one document.
fn read_cloud_events<S: RowSink>(
    input: &mut Input,
    mapping: &Mapping,
    target: Target,
    sinks: &mut [S],
    between: &mut dyn FnMut(&mut [S], &Counts) -> std::io::Result<()>,
) -> Result<(Counts, Vec<Refused>), ReadError> {
    let mut head = Vec::new();
    let most = kernel::limits::LINE_BYTES_MAX as u64;
    let read = input.by_ref().take(most).read_to_end(&mut head);
    read.map_err(|source| ReadError::Io { lines: 0, source })?;
    let text = head.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&head);
    let first = text.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty());
    let first = first.unwrap_or_default();
    let one_a_line = first.trim_ascii_start().starts_with(b"{")
        && serde_json::from_slice::<serde::de::IgnoredAny>(first).is_ok();
    let all = head.as_slice().chain(input);
    if one_a_line {
        read_lines(all, false, mapping, target, sinks, between)
    } else {
        read_whole(all, mapping, sinks, between)
    }
}

fn read_lines<S: RowSink>(
    input: impl Read,
    csv: bool,
    mapping: &Mapping,
    target: Target,
    sinks: &mut [S],
    between: &mut dyn FnMut(&mut [S], &Counts) -> std::io::Result<()>,
) -> Result<(Counts, Vec<Refused>), ReadError> {
    let mut blocks = Blocks::new(input, csv);
    let mut header: Option<Header> = None;
    let mut total = Tally { counts: Counts::default(), refused: Vec::new() };
    let threads = sinks.len();
    let mut next_round = || -> std::io::Result<Vec<Block>> {
        let mut round = Vec::new();
        while round.len() < threads {
            match blocks.next()? {
                Some(block) => round.push(block),
                None => break,
            }
        }
        Ok(round)
    };
    let failed = |counts: &Counts, source| ReadError::Io { lines: counts.read, source };
    let mut round = next_round().map_err(|source| failed(&total.counts, source))?;
    while !round.is_empty() {
        if csv && header.is_none() {
            header = Some(Header::read(&round[0], mapping, target)?);
        }
        let header = header.as_ref();
        if let ([block], [sink]) = (round.as_slice(), &mut *sinks) {
            // One worker needs no thread: a batch that came over the network is small.
            total.add(read_block(block, header, mapping, sink));
            between(sinks, &total.counts).map_err(|source| failed(&total.counts, source))?;
            round = next_round().map_err(|source| failed(&total.counts, source))?;
            continue;
        }
        // The next blocks are read and hashed while these are taken apart.
        let (tallies, next) = std::thread::scope(|scope| {
            let work =
                |(block, sink)| scope.spawn(move || read_block(block, header, mapping, sink));
            let handles: Vec<_> = round.iter().zip(sinks.iter_mut()).map(work).collect();
            let next = next_round();
            let tallies: Vec<Tally> =
                handles.into_iter().filter_map(|handle| handle.join().ok()).collect();
            (tallies, next)
        });
        if tallies.len() < round.len() {
            let source = std::io::Error::other("a reading thread panicked");
            return Err(failed(&total.counts, source));
        }
        for tally in tallies {
            total.add(tally);
        }
        between(sinks, &total.counts).map_err(|source| failed(&total.counts, source))?;
        round = next.map_err(|source| failed(&total.counts, source))?;
    }
    if csv && header.is_none() {
        return Err(ReadError::Header("the file is empty: a CSV file has a header".to_owned()));
    }
    Ok((total.counts, total.refused))
}

/// The header of a CSV file: which cell each of its columns is, if any.
struct Header {
    slots: Vec<Option<usize>>,
}

impl Header {
    fn read(block: &Block, mapping: &Mapping, target: Target) -> Result<Header, ReadError> {
        let bytes = block.bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&block.bytes);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes);
        let mut names = csv::StringRecord::new();
        let read = reader.read_record(&mut names);
        let read = read.map_err(|error| ReadError::Header(format!("the header: {error}")))?;
        if !read {
            return Err(ReadError::Header("the file has no header".to_owned()));
        }
        let names: Vec<&str> = names.iter().map(str::trim).collect();
        let twice = names.iter().enumerate().find(|(place, name)| {
            mapping.columns.iter().any(|column| column == *name) && names[..*place].contains(name)
        });
        if let Some((_, name)) = twice {
            return Err(ReadError::Header(format!("the header names the column `{name}` twice")));
        }
        check_columns(&names, mapping, target)?;
        let slot = |name: &&str| mapping.columns.iter().position(|column| column == name);
        Ok(Header { slots: names.iter().map(slot).collect() })
    }
}

fn check_columns(names: &[&str], mapping: &Mapping, target: Target) -> Result<(), ReadError> {
    if names.len() > kernel::limits::COLUMNS_MAX {
        return Err(ReadError::Header("the file has more than 2,000 columns".to_owned()));
    }
    let missing: Vec<&str> =
        mapping.needed(target).into_iter().filter(|name| !names.contains(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let has: Vec<String> = names
        .iter()
        .take(30)
        .map(|name| format!("`{}`", name.chars().take(40).collect::<String>()))
        .collect();
    Err(ReadError::Header(format!(
        "the file has no column `{}`; it has {}. Write a mapping file that says which is which",
        missing.join("`, `"),
        has.join(", ")
    )))
}

fn read_block<S: RowSink>(
    block: &Block,
    header: Option<&Header>,
    mapping: &Mapping,
    sink: &mut S,
) -> Tally {
    let mut tally = Tally { counts: Counts::default(), refused: Vec::new() };
    for refused in &block.refused {
        tally.take(refused.line, Err(refused.refusal.clone()));
    }
    match header {
        Some(header) => read_csv(block, header, mapping.columns.len(), sink, &mut tally),
        None => {
            let (mut cells, mut order) = (Vec::new(), Vec::new());
            let ends = memchr::memchr_iter(b'\n', &block.bytes).chain([block.bytes.len()]);
            let mut start = 0;
            for (place, end) in ends.enumerate() {
                let line = &block.bytes[start..end];
                start = end + 1;
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
                if line.iter().all(u8::is_ascii_whitespace) {
                    continue;
                }
                let number = block.first_line + place as u64;
                let read = if line.len() > kernel::limits::LINE_BYTES_MAX {
                    let text = "a line has more than 1 MiB";
                    Err(Refusal::new(RefusalCode::LineTooLong, "", text))
                } else {
                    read_object(line, &mapping.columns, &mut order, &mut cells)
                };
                tally.take(number, read.and_then(|()| sink.row(number, &cells)));
            }
        }
    }
    tally
}

fn read_csv<S: RowSink>(
    block: &Block,
    header: &Header,
    width: usize,
    sink: &mut S,
    tally: &mut Tally,
) {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(1 << 16)
        .from_reader(block.bytes.as_slice());
    let mut record = csv::ByteRecord::new();
    let mut spare = Vec::with_capacity(width);
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                let text = error.to_string();
                tally.take(block.first_line, Err(Refusal::new(RefusalCode::ColumnCount, "", text)));
                return;
            }
        }
        let (byte, mut line) =
            record.position().map_or((0, 1), |place| (place.byte(), place.line()));
        if block.first_line == 1 && byte == 0 {
            continue;
        }
        // Where lines end in CR LF, a record begins at the LF of the line before.
        let start = usize::try_from(byte).ok().and_then(|byte| block.bytes.get(byte));
        line += u64::from(start == Some(&b'\n')) + block.first_line - 1;
        if record.as_slice().len() > kernel::limits::LINE_BYTES_MAX {
            let text = "a row has more than 1 MiB";
            tally.take(line, Err(Refusal::new(RefusalCode::LineTooLong, "", text)));
            continue;
        }
        if record.len() != header.slots.len() {
            let expected = header.slots.len();
            let text = format!("{} columns, but the header has {expected}", record.len());
            tally.take(line, Err(Refusal::new(RefusalCode::ColumnCount, "", text)));
            continue;
        }
        // Looked at once for the whole row; its cells are then texts without a second look.
        record = match csv::StringRecord::from_byte_record(record) {
            Ok(text) => {
                let mut cells = recycle(std::mem::take(&mut spare));
                cells.resize(width, Cell::Missing);
                for (slot, field) in header.slots.iter().zip(&text) {
                    if let (Some(slot), false) = (slot, field.is_empty()) {
                        cells[*slot] = Cell::Text(field.into());
                    }
                }
                tally.take(line, sink.row(line, &cells));
                spare = recycle(cells);
                text.into_byte_record()
            }
            Err(error) => {
                let refusal = Refusal::new(RefusalCode::BadUtf8, "", "the row is not UTF-8 text");
                tally.take(line, Err(refusal));
                error.into_byte_record()
            }
        };
    }
}

/// An empty list of cells of another row, in the same memory.
fn recycle<'a>(mut cells: Vec<Cell<'_>>) -> Vec<Cell<'a>> {
    cells.clear();
    cells.into_iter().map(|_| Cell::Missing).collect()
}

fn whole(input: impl Read, most: u64) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    let read = input.take(most + 1).read_to_end(&mut bytes);
    read.map_err(|source| ReadError::Io { lines: 0, source })?;
    if bytes.len() as u64 > most { Err(ReadError::TooLarge(most)) } else { Ok(bytes) }
}

fn read_whole<S: RowSink>(
    input: impl Read,
    mapping: &Mapping,
    sinks: &mut [S],
    between: &mut dyn FnMut(&mut [S], &Counts) -> std::io::Result<()>,
) -> Result<(Counts, Vec<Refused>), ReadError> {
    use serde_json::value::RawValue;
    let bytes = whole(input, WHOLE_JSON_MAX)?;
    let mut tally = Tally { counts: Counts::default(), refused: Vec::new() };
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes);
    let values = serde_json::Deserializer::from_slice(bytes).into_iter::<&RawValue>();
    let mut number = 0;
    let mut order = Vec::new();
    for value in values {
        let value = match value {
            Ok(value) => value,
            Err(error) => {
                let text = format!("the document ends here: {error}");
                tally.take(number + 1, Err(Refusal::new(RefusalCode::BadJson, "", text)));
                break;
            }
        };
        let elements: Result<Vec<&RawValue>, _> = if value.get().starts_with('[') {
            serde_json::from_str(value.get())
        } else {
            Ok(vec![value])
        };
        for element in elements.unwrap_or_default() {
            number += 1;
            let mut cells = Vec::new();
            let read =
                read_object(element.get().as_bytes(), &mapping.columns, &mut order, &mut cells);
            if let Some(sink) = sinks.first_mut() {
                tally.take(number, read.and_then(|()| sink.row(number, &cells)));
            }
        }
    }
    between(sinks, &tally.counts).map_err(|source| ReadError::Io { lines: number, source })?;
    Ok((tally.counts, tally.refused))
}

fn read_parquet<S: RowSink>(
    input: &mut Input,
    mapping: &Mapping,
    target: Target,
    sinks: &mut [S],
    between: &mut dyn FnMut(&mut [S], &Counts) -> std::io::Result<()>,
) -> Result<(Counts, Vec<Refused>), ReadError> {
    let failed = |source| ReadError::Io { lines: 0, source };
    match input.plain.clone() {
        Some(path) => {
            // The bytes pass through once for the digest; rows are read from where they lie.
            std::io::copy(input, &mut std::io::sink()).map_err(failed)?;
            let open = || std::fs::File::open(&path);
            read_groups(&open, mapping, target, sinks, between)
        }
        None => {
            let bytes = bytes::Bytes::from(whole(input, WHOLE_PARQUET_MAX)?);
            read_groups(&|| Ok(bytes.clone()), mapping, target, sinks, between)
        }
    }
}

/// Reads row groups, one on each thread at a time.
fn read_groups<S: RowSink, R: ChunkReader + 'static>(
    open: &dyn Fn() -> std::io::Result<R>,
    mapping: &Mapping,
    target: Target,
    sinks: &mut [S],
    between: &mut dyn FnMut(&mut [S], &Counts) -> std::io::Result<()>,
) -> Result<(Counts, Vec<Refused>), ReadError> {
    let broken = |error: ParquetError| ReadError::Parquet(error.to_string());
    let mut files = Vec::new();
    for _ in 0..sinks.len() {
        let source = open().map_err(|source| ReadError::Io { lines: 0, source })?;
        files.push(ParquetRows::open(source, &mapping.columns).map_err(broken)?);
    }
    let Some(first) = files.first() else {
        return Ok((Counts::default(), Vec::new()));
    };
    let names = first.names();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    check_columns(&names, mapping, target)?;
    let groups = first.groups().map_err(broken)?;
    let mut rest = groups.as_slice();
    let mut total = Tally { counts: Counts::default(), refused: Vec::new() };
    while !rest.is_empty() {
        let round = side_by_side(&mut rest, files.len());
        let tallies: Vec<Result<Tally, ParquetError>> = std::thread::scope(|scope| {
            let work = |((group, file), sink): ((&Group, &ParquetRows<R>), &mut S)| {
                let mut tally = Tally { counts: Counts::default(), refused: Vec::new() };
                file.read(*group, &mut |line, cells| tally.take(line, sink.row(line, cells)))?;
                Ok(tally)
            };
            let pairs = round.iter().zip(&files).zip(sinks.iter_mut());
            let handles: Vec<_> = pairs.map(|pair| scope.spawn(move || work(pair))).collect();
            let panicked = || Err(ParquetError::General("a reading thread panicked".to_owned()));
            handles.into_iter().map(|h| h.join().unwrap_or_else(|_| panicked())).collect()
        });
        for tally in tallies {
            total.add(tally.map_err(broken)?);
        }
        let lines = total.counts.read;
        between(sinks, &total.counts).map_err(|source| ReadError::Io { lines, source })?;
    }
    Ok((total.counts, total.refused))
}
