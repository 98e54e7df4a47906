//! Tables of text and integers: as Parquet in the lake, as CSV, NDJSON or Parquet for others.
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::column::reader::ColumnReader;
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::statistics::Statistics;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, SchemaDescriptor, Type};

/// One column's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// Texts.
    Text(Vec<String>),
    /// Integers.
    Int(Vec<i64>),
}

/// Rows by which is told whether a column's values differ.
const SAMPLE: usize = 1_000;

impl Column {
    /// Whether most of the first texts are others than those before: ids, say.
    fn mostly_differs(&self) -> bool {
        let Column::Text(values) = self else { return false };
        let sample = &values[..values.len().min(SAMPLE)];
        let different: BTreeSet<&String> = sample.iter().collect();
        different.len() * 2 > sample.len()
    }
}

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated, with a header.
    Csv,
    /// One JSON object a line.
    Ndjson,
    /// Parquet.
    Parquet,
}

/// Why a table cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file system.
    #[error("the table's file cannot be read or written")]
    Io(#[from] io::Error),
    /// Parquet.
    #[error("the table's Parquet cannot be read or written")]
    Parquet(#[from] ParquetError),
    /// The file holds other columns than it should.
    #[error("`{path}` has no column `{column}` of the right type")]
    Column {
        /// The file.
        path: String,
        /// The column.
        column: String,
    },
}

/// Named columns of one length.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// The columns, in order.
    pub columns: Vec<(String, Column)>,
}

impl Table {
    /// Adds a column of text.
    pub fn text(&mut self, name: &str, values: Vec<String>) {
        self.columns.push((name.to_owned(), Column::Text(values)));
    }

    /// Adds a column of integers.
    pub fn int(&mut self, name: &str, values: Vec<i64>) {
        self.columns.push((name.to_owned(), Column::Int(values)));
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        match self.columns.first() {
            Some((_, Column::Text(values))) => values.len(),
            Some((_, Column::Int(values))) => values.len(),
            None => 0,
        }
    }

    /// A column by its name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|(known, _)| known == name).map(|(_, column)| column)
    }

    /// The texts of a column.
    ///
    /// # Errors
    /// [`TableError::Column`].
    pub fn texts(&self, name: &str) -> Result<&[String], TableError> {
        match self.column(name) {
            Some(Column::Text(values)) => Ok(values),
            _ => Err(self.missing(name)),
        }
    }

    /// The integers of a column.
    ///
    /// # Errors
    /// [`TableError::Column`].
    pub fn ints(&self, name: &str) -> Result<&[i64], TableError> {
        match self.column(name) {
            Some(Column::Int(values)) => Ok(values),
            _ => Err(self.missing(name)),
        }
    }

    fn missing(&self, name: &str) -> TableError {
        TableError::Column { path: "table".to_owned(), column: name.to_owned() }
    }

    /// Keeps only the named columns, in that order.
    ///
    /// # Errors
    /// [`TableError::Column`] for a name that is not there.
    pub fn select(mut self, names: &[String]) -> Result<Table, TableError> {
        let mut columns = Vec::new();
        for name in names {
            let found = self.columns.iter().position(|(known, _)| known == name);
            match found {
                Some(place) => columns.push(self.columns[place].clone()),
                None => return Err(self.missing(name)),
            }
        }
        self.columns = columns;
        Ok(self)
    }

    /// Keeps the rows for which `keep` is true.
    #[must_use]
    pub fn filter(self, keep: impl Fn(usize) -> bool) -> Table {
        fn kept<T>(values: Vec<T>, keep: &impl Fn(usize) -> bool) -> Vec<T> {
            values.into_iter().enumerate().filter(|(row, _)| keep(*row)).map(|(_, v)| v).collect()
        }
        let filtered = |column| match column {
            Column::Text(values) => Column::Text(kept(values, &keep)),
            Column::Int(values) => Column::Int(kept(values, &keep)),
        };
        Table { columns: self.columns.into_iter().map(|(n, c)| (n, filtered(c))).collect() }
    }

    /// Appends the rows of a table with the same columns.
    ///
    /// # Errors
    /// [`TableError::Column`] when the columns differ.
    pub fn append(&mut self, other: Table) -> Result<(), TableError> {
        if self.columns.is_empty() {
            *self = other;
            return Ok(());
        }
        for (name, column) in &mut self.columns {
            let from = other.columns.iter().find(|(known, _)| known == name).map(|(_, c)| c);
            match (column, from) {
                (Column::Text(into), Some(Column::Text(from))) => into.extend_from_slice(from),
                (Column::Int(into), Some(Column::Int(from))) => into.extend_from_slice(from),
                _ => {
                    let column = name.clone();
                    return Err(TableError::Column { path: "table".to_owned(), column });
                }
            }
        }
        Ok(())
    }

    /// Writes the rows as CSV. Cells that a spreadsheet would run as a formula get a leading quote
    /// mark `'`.
    ///
    /// # Errors
    /// Whatever the writer says.
    pub fn write_csv(&self, out: &mut dyn Write, header: bool) -> io::Result<()> {
        let mut line = Vec::new();
        if header {
            let names: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
            writeln!(out, "{}", names.join(","))?;
        }
        let mut digits = itoa::Buffer::new();
        for row in 0..self.rows() {
            line.clear();
            for (place, (_, column)) in self.columns.iter().enumerate() {
                if place > 0 {
                    line.push(b',');
                }
                match column {
                    Column::Int(values) => {
                        line.extend_from_slice(digits.format(values[row]).as_bytes());
                    }
                    Column::Text(values) => push_csv(&mut line, &values[row]),
                }
            }
            line.push(b'\n');
            out.write_all(&line)?;
        }
        Ok(())
    }

    /// Writes the rows as NDJSON.
    ///
    /// # Errors
    /// Whatever the writer says.
    pub fn write_ndjson(&self, out: &mut dyn Write) -> io::Result<()> {
        for row in 0..self.rows() {
            let mut object = serde_json::Map::new();
            for (name, column) in &self.columns {
                let value = match column {
                    Column::Int(values) => serde_json::Value::from(values[row]),
                    Column::Text(values) => serde_json::Value::from(values[row].as_str()),
                };
                object.insert(name.clone(), value);
            }
            writeln!(out, "{}", serde_json::Value::Object(object))?;
        }
        Ok(())
    }

    /// The rows as a Parquet file.
    ///
    /// # Errors
    /// Whatever the Parquet writer says.
    pub fn to_parquet(&self) -> Result<Vec<u8>, TableError> {
        let mut file = TableFile::new(Vec::new(), self)?;
        file.append(self)?;
        file.finish()
    }

    fn schema(&self) -> Result<Type, ParquetError> {
        let mut fields = Vec::new();
        for (name, column) in &self.columns {
            let field = match column {
                Column::Int(_) => Type::primitive_type_builder(name, Physical::INT64),
                Column::Text(_) => Type::primitive_type_builder(name, Physical::BYTE_ARRAY)
                    .with_logical_type(Some(LogicalType::String)),
            };
            fields.push(Arc::new(field.with_repetition(Repetition::REQUIRED).build()?));
        }
        Type::group_type_builder("table").with_fields(fields).build()
    }

    /// Reads a table written by [`Table::to_parquet`].
    ///
    /// # Errors
    /// Whatever the file system or the Parquet reader says.
    pub fn read_parquet(path: &Path) -> Result<Table, TableError> {
        let all = Selected::all(path)?;
        let names = names(&all.reader);
        all.read(&names.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

/// Some rows of a table in a file. Of other rows, and of columns that are not asked for, nothing is
/// decoded.
pub struct Selected {
    path: String,
    reader: Reader,
    groups: Vec<Runs>,
}

impl Selected {
    /// All rows.
    ///
    /// # Errors
    /// Whatever the file system or the Parquet reader says.
    pub fn all(path: &Path) -> Result<Selected, TableError> {
        let reader = open(path)?;
        let groups = groups(&reader)?.into_iter().map(|rows| vec![(0, rows)]).collect();
        Ok(Selected { path: path.display().to_string(), reader, groups })
    }

    /// The rows that have a text in a column.
    ///
    /// # Errors
    /// Whatever the file system or the Parquet reader says; [`TableError::Column`] for a column
    /// that is not there.
    pub fn of(path: &Path, key: &str, value: &str) -> Result<Selected, TableError> {
        let reader = open(path)?;
        let mut selected =
            Selected { path: path.display().to_string(), reader, groups: Vec::new() };
        let place = selected.place(key)?;
        // Asked of the schema, since a file without rows has no column to ask.
        if schema(&selected.reader).column(place).physical_type() != Physical::BYTE_ARRAY {
            return Err(selected.missing(key));
        }
        for (group, rows) in groups(&selected.reader)?.into_iter().enumerate() {
            let column = selected.reader.get_row_group(group)?.get_column_reader(place)?;
            let ColumnReader::ByteArrayColumnReader(mut typed) = column else {
                return Err(selected.missing(key));
            };
            let (mut wanted, mut values) = (Vec::with_capacity(rows), Vec::new());
            while wanted.len() < rows {
                values.clear();
                if typed.read_records(PIECE, None, None, &mut values)?.0 == 0 {
                    break;
                }
                let equal = |found: &ByteArray| found.data() == value.as_bytes();
                wanted.extend(values.iter().map(equal));
            }
            selected.groups.push(runs_of(wanted.into_iter()));
        }
        Ok(selected)
    }

    fn missing(&self, name: &str) -> TableError {
        TableError::Column { path: self.path.clone(), column: name.to_owned() }
    }

    fn place(&self, name: &str) -> Result<usize, TableError> {
        let place = names(&self.reader).iter().position(|known| known == name);
        place.ok_or_else(|| self.missing(name))
    }

    /// Some columns of these rows.
    ///
    /// # Errors
    /// Whatever the Parquet reader says; [`TableError::Column`] for a column that is not there.
    pub fn read(&self, columns: &[&str]) -> Result<Table, TableError> {
        let mut table = Table::default();
        for name in columns {
            let column = read_column(&self.reader, self.place(name)?, &self.groups)?;
            table.columns.push(((*name).to_owned(), column));
        }
        Ok(table)
    }

    /// Of these rows those at some places, in their order in the file.
    #[must_use]
    pub fn keep(mut self, places: &BTreeSet<usize>) -> Selected {
        let mut place = 0;
        for runs in &mut self.groups {
            let mut wanted = Vec::new();
            for (skip, take) in &*runs {
                wanted.resize(wanted.len() + skip, false);
                wanted.extend((place..place + take).map(|place| places.contains(&place)));
                place += take;
            }
            *runs = runs_of(wanted.into_iter());
        }
        self
    }
}

/// Values that are decoded at once.
const PIECE: usize = 4_096;

type Reader = SerializedFileReader<Bytes>;

fn open(path: &Path) -> Result<Reader, TableError> {
    let bytes = std::fs::read(path)
        .map_err(|error| io::Error::new(error.kind(), format!("`{}`: {error}", path.display())))?;
    Ok(SerializedFileReader::new(Bytes::from(bytes))?)
}

fn schema(reader: &Reader) -> &SchemaDescriptor {
    reader.metadata().file_metadata().schema_descr()
}

fn names(reader: &Reader) -> Vec<String> {
    schema(reader).columns().iter().map(|column| column.name().to_owned()).collect()
}

/// Rows of each group.
fn groups(reader: &Reader) -> Result<Vec<usize>, TableError> {
    let rows = |rows: i64| {
        usize::try_from(rows).map_err(|_| ParquetError::General("fewer rows than none".into()))
    };
    let groups = reader.metadata().row_groups().iter().map(|group| rows(group.num_rows()));
    Ok(groups.collect::<Result<_, _>>()?)
}

/// Rows to leave out, and rows to take after them.
type Runs = Vec<(usize, usize)>;

fn runs_of(wanted: impl Iterator<Item = bool>) -> Runs {
    let mut runs = Runs::new();
    let mut skipped = 0;
    for wanted in wanted {
        match (wanted, runs.last_mut()) {
            (false, _) => skipped += 1,
            (true, Some((_, take))) if skipped == 0 => *take += 1,
            (true, _) => {
                runs.push((skipped, 1));
                skipped = 0;
            }
        }
    }
    runs
}

/// The value that all integers of a column have in a group, if the file says so: nothing of such a
/// column is unpacked.
fn constant(reader: &Reader, group: usize, place: usize) -> Option<i64> {
    let Statistics::Int64(found) = reader.metadata().row_group(group).column(place).statistics()?
    else {
        return None;
    };
    let exact = found.min_is_exact() && found.max_is_exact();
    found.min_opt().filter(|least| exact && Some(*least) == found.max_opt()).copied()
}

/// Some rows of a column, group by group.
fn read_column(reader: &Reader, place: usize, groups: &[Runs]) -> Result<Column, TableError> {
    let textual = schema(reader).column(place).physical_type() == Physical::BYTE_ARRAY;
    let mut texts = Vec::new();
    let mut ints: Vec<i64> = Vec::new();
    for (group, runs) in groups.iter().enumerate() {
        if let Some(value) = constant(reader, group, place) {
            let rows: usize = runs.iter().map(|(_, take)| take).sum();
            ints.resize(ints.len() + rows, value);
            continue;
        }
        match reader.get_row_group(group)?.get_column_reader(place)? {
            ColumnReader::Int64ColumnReader(mut typed) => {
                for (skip, take) in runs {
                    typed.skip_records(*skip)?;
                    let until = ints.len() + take;
                    while ints.len() < until
                        && typed.read_records(until - ints.len(), None, None, &mut ints)?.0 > 0
                    {
                    }
                }
            }
            ColumnReader::ByteArrayColumnReader(mut typed) => {
                let mut values: Vec<ByteArray> = Vec::new();
                for (skip, take) in runs {
                    typed.skip_records(*skip)?;
                    let until = values.len() + take;
                    while values.len() < until
                        && typed.read_records(until - values.len(), None, None, &mut values)?.0 > 0
                    {
                    }
                }
                for value in values {
                    texts.push(value.as_utf8()?.to_owned());
                }
            }
            _ => return Err(ParquetError::General("column of another type".into()).into()),
        }
    }
    Ok(if textual { Column::Text(texts) } else { Column::Int(ints) })
}

/// A Parquet file that is written table by table, each a row group: for tables that are larger than
/// memory.
pub struct TableFile<W: Write + Send> {
    writer: SerializedFileWriter<W>,
}

impl<W: Write + Send> TableFile<W> {
    /// A file for tables with the columns of `like`.
    ///
    /// # Errors
    /// Whatever the Parquet writer says.
    pub fn new(out: W, like: &Table) -> Result<TableFile<W>, TableError> {
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
            .set_created_by("stipend".to_owned());
        for (name, column) in &like.columns {
            // Who reads a few values of a column reads all of its dictionary.
            if column.mostly_differs() {
                let path = ColumnPath::from(name.as_str());
                properties = properties.set_column_dictionary_enabled(path, false);
            }
        }
        let properties = properties.build();
        let schema = Arc::new(like.schema()?);
        Ok(TableFile { writer: SerializedFileWriter::new(out, schema, Arc::new(properties))? })
    }

    /// Writes a table.
    ///
    /// # Errors
    /// Whatever the Parquet writer says, also of columns of another type.
    pub fn append(&mut self, table: &Table) -> Result<(), TableError> {
        let mut group = self.writer.next_row_group()?;
        for (_, column) in &table.columns {
            let Some(mut out) = group.next_column()? else {
                break;
            };
            match (column, out.untyped()) {
                (Column::Int(values), ColumnWriter::Int64ColumnWriter(typed)) => {
                    typed.write_batch(values, None, None)?;
                }
                (Column::Text(values), ColumnWriter::ByteArrayColumnWriter(typed)) => {
                    let values: Vec<ByteArray> =
                        values.iter().map(|text| ByteArray::from(text.as_str())).collect();
                    typed.write_batch(&values, None, None)?;
                }
                _ => return Err(ParquetError::General("column of another type".into()).into()),
            }
            out.close()?;
        }
        group.close()?;
        Ok(())
    }

    /// Ends the file and gives back what it was written to.
    ///
    /// # Errors
    /// Whatever the Parquet writer says.
    pub fn finish(self) -> Result<W, TableError> {
        Ok(self.writer.into_inner()?)
    }
}

fn push_csv(line: &mut Vec<u8>, text: &str) {
    let formula = text.starts_with(['=', '+', '@', '\t', '\r'])
        || (text.starts_with('-') && text.parse::<i64>().is_err());
    let quoted = formula || text.contains([',', '"', '\n', '\r']);
    if !quoted {
        line.extend_from_slice(text.as_bytes());
        return;
    }
    line.push(b'"');
    if formula {
        line.push(b'\'');
    }
    for byte in text.bytes() {
        if byte == b'"' {
            line.push(b'"');
        }
        line.push(byte);
    }
    line.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_file_without_rows_has_columns_of_its_types() {
        let mut table = Table::default();
        table.text("key", Vec::new());
        table.int("number", Vec::new());
        let bytes = TableFile::new(Vec::new(), &table).expect("a file").finish().expect("bytes");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("table.parquet");
        std::fs::write(&path, bytes).expect("written");
        let selected = Selected::of(&path, "key", "k1").expect("no rows");
        assert_eq!(selected.read(&["number", "key"]).expect("a table").rows(), 0);
        for other in ["number", "other"] {
            assert!(Selected::of(&path, other, "1").is_err(), "{other}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Rows that are selected in the file are those that would be left of the whole table.
        #[test]
        fn selected_rows_are_those_of_the_whole(
            keys in prop::collection::vec(0_i64..4, 0..600),
            cut in 0_usize..600,
            kept in prop::collection::btree_set(0_usize..300, 0..40),
        ) {
            let table = |keys: &[i64], first: usize| {
                let mut table = Table::default();
                table.text("key", keys.iter().map(|key| format!("k{key}")).collect());
                let number = |place| i64::try_from(first + place).expect("small");
                table.int("number", (0..keys.len()).map(number).collect());
                table
            };
            let cut = cut.min(keys.len());
            let groups = [table(&keys[..cut], 0), table(&keys[cut..], cut)];
            let mut file = TableFile::new(Vec::new(), &groups[0]).expect("a file");
            for group in groups.iter().filter(|group| group.rows() > 0) {
                file.append(group).expect("a group");
            }
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("table.parquet");
            std::fs::write(&path, file.finish().expect("bytes")).expect("written");
            let whole = Table::read_parquet(&path).expect("a table");
            prop_assert_eq!(whole.rows(), keys.len());
            let wanted = whole.filter(|row| keys[row] == 1);
            let names = ["number", "key"];
            let selected = Selected::of(&path, "key", "k1").expect("rows");
            let columns = names.map(str::to_owned);
            let expected = wanted.clone().select(&columns).expect("columns");
            prop_assert_eq!(selected.read(&names).expect("a table"), expected);
            let fewer = wanted.filter(|row| kept.contains(&row)).select(&columns).expect("columns");
            prop_assert_eq!(selected.keep(&kept).read(&names).expect("a table"), fewer);
            prop_assert!(Selected::of(&path, "number", "1").is_err());
            prop_assert!(Selected::of(&path, "other", "1").is_err());
        }
    }
}
