//! Imports and the manifest of segments.
use crate::bulk::Bulk;
use crate::db::Db;
use crate::error::StoreError;
use crate::statement;
use crate::value::Value;

/// A segment that the manifest names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentRow {
    /// Its number, in the order of recording.
    pub seq: i64,
    /// Its place below the lake's folder.
    pub path: String,
    /// The time of its earliest event.
    pub first_us: i64,
    /// The time of its latest event.
    pub last_us: i64,
    /// Its events.
    pub rows: i64,
    /// Its size.
    pub bytes: i64,
    /// SHA-256 of the file.
    pub digest: Vec<u8>,
}

/// An import that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// Its number.
    pub seq: i64,
    /// What was read, as it was named.
    pub source: String,
    /// Rows read.
    pub read: i64,
    /// Rows accepted.
    pub accepted: i64,
    /// Rows refused.
    pub refused: i64,
}

impl Db {
    /// A setting of this database.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn setting(&mut self, name: &str) -> Result<Option<String>, StoreError> {
        let rows = self.query(statement::SETTING_GET, &[name.into()])?;
        rows.first().map(|row| row.text(0).map(str::to_owned)).transpose()
    }

    /// Sets a setting.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn set_setting(&mut self, name: &str, value: &str) -> Result<(), StoreError> {
        self.execute(statement::SETTING_PUT, &[name.into(), value.into()]).map(|_| ())
    }

    /// The import of exactly this content, if it was done. `kind` is `events` or `catalog`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn find_import(
        &mut self,
        kind: &str,
        digest: &[u8; 32],
    ) -> Result<Option<ImportRow>, StoreError> {
        let values = [kind.into(), digest.as_slice().into()];
        let rows = self.query(statement::IMPORT_FIND, &values)?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        Ok(Some(ImportRow {
            seq: row.int(0)?,
            source: row.text(1)?.to_owned(),
            read: row.int(2)?,
            accepted: row.int(3)?,
            refused: row.int(4)?,
        }))
    }

    /// The number of the last import: it changes when the catalog or the log does.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn last_import(&mut self) -> Result<i64, StoreError> {
        self.number(statement::IMPORT_LAST)
    }

    /// The number of the last import of facts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn last_catalog_import(&mut self) -> Result<i64, StoreError> {
        self.number(statement::IMPORT_LAST_CATALOG)
    }

    /// Records an import; gives its number: its `seq`, or the next one where that is nought.
    ///
    /// # Errors
    /// [`StoreError`], a [`StoreError::Constraint`] when the content was imported before.
    pub fn add_import(
        &mut self,
        kind: &str,
        digest: &[u8; 32],
        import: &ImportRow,
        now_us: i64,
    ) -> Result<i64, StoreError> {
        let seq = if import.seq > 0 { import.seq } else { self.last_import()? + 1 };
        let values = [
            seq.into(),
            kind.into(),
            digest.as_slice().into(),
            import.source.as_str().into(),
            import.read.into(),
            import.accepted.into(),
            import.refused.into(),
            now_us.into(),
        ];
        self.execute(statement::IMPORT_ADD, &values)?;
        Ok(seq)
    }

    /// Adds segments (their `seq` is given here) to the manifest.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_segments(&mut self, import: i64, segments: &[SegmentRow]) -> Result<(), StoreError> {
        let last = self.number(statement::SEGMENT_LAST)?;
        let rows = segments.iter().zip(last + 1..).map(|(segment, seq)| {
            vec![
                Value::Int(seq),
                Value::Int(import),
                segment.path.as_str().into(),
                Value::Int(segment.first_us),
                Value::Int(segment.last_us),
                Value::Int(segment.rows),
                Value::Int(segment.bytes),
                segment.digest.as_slice().into(),
            ]
        });
        self.append(Bulk::SEGMENTS, rows)
    }

    /// All segments, in the order of recording.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn segments(&mut self) -> Result<Vec<SegmentRow>, StoreError> {
        let rows = self.query(statement::SEGMENT_LIST, &[])?;
        rows.iter()
            .map(|row| {
                Ok(SegmentRow {
                    seq: row.int(0)?,
                    path: row.text(1)?.to_owned(),
                    first_us: row.int(2)?,
                    last_us: row.int(3)?,
                    rows: row.int(4)?,
                    bytes: row.int(5)?,
                    digest: row.blob(6)?.to_vec(),
                })
            })
            .collect()
    }

    pub(crate) fn number(&mut self, statement: statement::Statement) -> Result<i64, StoreError> {
        self.query(statement, &[])?.first().map_or(Ok(0), |row| row.int(0))
    }
}
