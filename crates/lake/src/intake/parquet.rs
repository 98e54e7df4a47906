//! Parquet rows: flat columns of any physical type into cells.
use std::borrow::Cow;

use parquet::basic::{LogicalType, TimeUnit, Type as Physical};
use parquet::column::reader::ColumnReader;
use parquet::data_type::{ByteArray, Int96};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, FileReader, RowGroupReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;

use super::cell::Cell;

/// Bytes of a row group, and of those that are held at a time.
const GROUP_BYTES_MAX: i64 = 1 << 30;
/// Values that room is made for before they are read: what a file claims may be wrong.
const ROOM: usize = 1 << 20;

/// Values of one column of one row group.
enum Values {
    Absent,
    Bools(Vec<Option<bool>>),
    Ints(Vec<Option<i64>>),
    Instants(Vec<Option<i64>>),
    Numbers(Vec<Option<String>>),
    Inexact(Vec<Option<String>>),
    Texts(Vec<Option<ByteArray>>),
}

/// A row group: its place, the number of its first row from 1, its rows and bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Group {
    place: usize,
    first: u64,
    rows: usize,
    bytes: i64,
}

/// A Parquet file that is read group by group. Each thread has its own: a file has one place at
/// which it is read.
pub(crate) struct ParquetRows<R: ChunkReader> {
    reader: SerializedFileReader<R>,
    places: Vec<Option<usize>>,
}

impl<R: ChunkReader + 'static> ParquetRows<R> {
    pub(crate) fn open(source: R, columns: &[String]) -> Result<ParquetRows<R>, ParquetError> {
        let mut rows = ParquetRows { reader: SerializedFileReader::new(source)?, places: vec![] };
        let names = rows.names();
        let place = |name: &String| names.iter().position(|known| known == name);
        rows.places = columns.iter().map(place).collect();
        Ok(rows)
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let schema = self.reader.metadata().file_metadata().schema_descr_ptr();
        schema.columns().iter().map(|c| c.path().string()).collect()
    }

    /// The row groups, in order.
    pub(crate) fn groups(&self) -> Result<Vec<Group>, ParquetError> {
        let mut first = 1;
        let groups = self.reader.metadata().row_groups().iter().enumerate();
        groups
            .map(|(place, group)| {
                let bytes = group.total_byte_size();
                if !(0..=GROUP_BYTES_MAX).contains(&bytes) {
                    let text =
                        format!("a row group has {bytes} bytes: write groups of at most 1 GiB");
                    return Err(ParquetError::General(text));
                }
                let rows = usize::try_from(group.num_rows()).unwrap_or(0);
                let group = Group { place, first, rows, bytes };
                first += kernel::cast::wide(rows);
                Ok(group)
            })
            .collect()
    }

    /// Calls `each` with the number and the cells of every row of a group. A text that is not UTF-8
    /// comes as [`Cell::Nested`].
    pub(crate) fn read(
        &self,
        group: Group,
        each: &mut dyn FnMut(u64, &[Cell<'_>]),
    ) -> Result<(), ParquetError> {
        let schema = self.reader.metadata().file_metadata().schema_descr_ptr();
        let source = self.reader.get_row_group(group.place)?;
        let mut values = Vec::new();
        for place in &self.places {
            values.push(match place {
                Some(place) => read_values(&*source, *place, &schema.column(*place), group.rows)?,
                None => Values::Absent,
            });
        }
        let mut cells: Vec<Cell<'_>> = Vec::with_capacity(self.places.len());
        for (row, number) in (0..group.rows).zip(group.first..) {
            cells.clear();
            cells.extend(values.iter().map(|values| cell(values, row)));
            each(number, &cells);
        }
        Ok(())
    }
}

/// Rows that are read side by side, unless one group alone has more.
const TOGETHER: usize = 4_000_000;

/// Takes the next groups that are read side by side: at most so many, and not more rows, nor more
/// bytes together than one may have alone.
pub(crate) fn side_by_side<'g>(groups: &mut &'g [Group], most: usize) -> &'g [Group] {
    let (mut bytes, mut rows) = (0_i64, 0_usize);
    let fits = |group: &&Group| {
        bytes = bytes.saturating_add(group.bytes);
        rows = rows.saturating_add(group.rows);
        bytes <= GROUP_BYTES_MAX && rows <= TOGETHER
    };
    let count = groups.iter().take(most).take_while(fits).count();
    let (now, later) = groups.split_at(count.max(1).min(groups.len()));
    *groups = later;
    now
}

fn cell(values: &Values, row: usize) -> Cell<'_> {
    let found = match values {
        Values::Absent => None,
        Values::Bools(values) => values[row].map(Cell::Bool),
        Values::Ints(values) => values[row].map(Cell::Int),
        Values::Instants(values) => values[row].map(Cell::Instant),
        Values::Numbers(values) => values[row].clone().map(Cell::Number),
        Values::Inexact(values) => values[row].clone().map(Cell::Inexact),
        Values::Texts(values) => values[row].as_ref().map(|bytes| match bytes.as_utf8() {
            Ok("") => Cell::Missing,
            Ok(text) => Cell::Text(Cow::Borrowed(text)),
            Err(_) => Cell::Nested,
        }),
    };
    found.unwrap_or(Cell::Missing)
}

fn read_values(
    group: &dyn RowGroupReader,
    place: usize,
    column: &ColumnDescriptor,
    rows: usize,
) -> Result<Values, ParquetError> {
    if column.max_rep_level() > 0 {
        return Err(ParquetError::General(format!("column `{}` is a list", column.name())));
    }
    let optional = column.max_def_level();
    Ok(match group.get_column_reader(place)? {
        ColumnReader::BoolColumnReader(reader) => Values::Bools(spread(reader, rows, optional)?),
        ColumnReader::Int32ColumnReader(reader) => {
            let ints: Vec<Option<i32>> = spread(reader, rows, optional)?;
            if unsigned(column) {
                let wide = |value: i32| i64::from(value.cast_unsigned());
                return Ok(Values::Ints(ints.into_iter().map(|v| v.map(wide)).collect()));
            }
            let ints = ints.into_iter().map(|value| value.map(i64::from));
            if let Some(LogicalType::Decimal(decimal)) = column.logical_type_ref() {
                return Ok(decimals(ints, decimal.scale));
            }
            if column.logical_type_ref() == Some(&LogicalType::Date) {
                let day = 24 * kernel::day::HOUR_US;
                Values::Instants(ints.map(|value| value.map(|days| days * day)).collect())
            } else {
                Values::Ints(ints.collect())
            }
        }
        ColumnReader::Int64ColumnReader(reader) => {
            let ints = spread(reader, rows, optional)?;
            match column.logical_type_ref() {
                Some(LogicalType::Decimal(decimal)) => decimals(ints.into_iter(), decimal.scale),
                _ if unsigned(column) => {
                    let text = |value: i64| value.cast_unsigned().to_string();
                    Values::Numbers(ints.into_iter().map(|value| value.map(text)).collect())
                }
                Some(LogicalType::Timestamp(kind)) => {
                    let us = |value: i64| match kind.unit {
                        TimeUnit::MILLIS => value.saturating_mul(1_000),
                        TimeUnit::MICROS => value,
                        TimeUnit::NANOS => value.div_euclid(1_000),
                    };
                    Values::Instants(ints.into_iter().map(|value| value.map(us)).collect())
                }
                _ => Values::Ints(ints),
            }
        }
        ColumnReader::Int96ColumnReader(reader) => {
            let stamps: Vec<Option<Int96>> = spread(reader, rows, optional)?;
            Values::Instants(stamps.iter().map(|s| s.as_ref().map(Int96::to_micros)).collect())
        }
        ColumnReader::FloatColumnReader(reader) => {
            let numbers: Vec<Option<f32>> = spread(reader, rows, optional)?;
            Values::Inexact(numbers.iter().map(|value| value.map(|v| v.to_string())).collect())
        }
        ColumnReader::DoubleColumnReader(reader) => {
            let numbers: Vec<Option<f64>> = spread(reader, rows, optional)?;
            Values::Inexact(numbers.iter().map(|value| value.map(|v| v.to_string())).collect())
        }
        ColumnReader::ByteArrayColumnReader(reader)
            if column.physical_type() == Physical::BYTE_ARRAY =>
        {
            Values::Texts(spread(reader, rows, optional)?)
        }
        _ => {
            let message = format!("column `{}` has a type that is not read", column.name());
            return Err(ParquetError::General(message));
        }
    })
}

/// Whether a column's integers have no sign; older writers say so by the converted type alone.
fn unsigned(column: &ColumnDescriptor) -> bool {
    use parquet::basic::ConvertedType;
    let logical = column.logical_type_ref();
    matches!(logical, Some(LogicalType::Integer(kind)) if !kind.is_signed)
        || matches!(column.converted_type(), ConvertedType::UINT_32 | ConvertedType::UINT_64)
}

/// Whole numbers that stand for decimals.
fn decimals(values: impl Iterator<Item = Option<i64>>, scale: i32) -> Values {
    let scale = u32::try_from(scale).unwrap_or(0);
    let text = |value| kernel::money::format_decimal(value, scale);
    Values::Numbers(values.map(|value| value.map(text)).collect())
}

/// Reads a column's values, with nothing where there is none.
fn spread<T: parquet::data_type::DataType>(
    mut reader: parquet::column::reader::ColumnReaderImpl<T>,
    rows: usize,
    optional: i16,
) -> Result<Vec<Option<T::T>>, ParquetError> {
    let (mut values, mut levels) = (Vec::with_capacity(rows.min(ROOM)), Vec::new());
    let mut done = 0;
    while done < rows {
        let def = (optional > 0).then_some(&mut levels);
        let (records, _, _) = reader.read_records(rows - done, def, None, &mut values)?;
        if records == 0 {
            return Err(ParquetError::EOF("a column ends early".into()));
        }
        done += records;
    }
    if optional == 0 {
        return Ok(values.into_iter().map(Some).collect());
    }
    let mut values = values.into_iter();
    Ok(levels.iter().map(|level| if *level == optional { values.next() } else { None }).collect())
}
