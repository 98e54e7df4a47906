//! Values that go to and come from the database: integers, text, bytes, nothing else.

use crate::error::StoreError;

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// An integer.
    Int(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Value {
        Value::Int(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Value {
        Value::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Value {
        Value::Text(value)
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Value {
        Value::Blob(value.to_vec())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

/// One row, with the name of the statement for errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub(crate) statement: &'static str,
    pub(crate) values: Vec<Value>,
}

impl Row {
    fn wrong(&self, column: usize) -> StoreError {
        StoreError::Row { statement: self.statement, column }
    }

    /// An integer.
    ///
    /// # Errors
    /// [`StoreError::Row`] when the column holds something else.
    pub fn int(&self, column: usize) -> Result<i64, StoreError> {
        match self.values.get(column) {
            Some(Value::Int(value)) => Ok(*value),
            _ => Err(self.wrong(column)),
        }
    }

    /// An integer or nothing.
    ///
    /// # Errors
    /// [`StoreError::Row`] when the column holds something else.
    pub fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.values.get(column) {
            Some(Value::Null) => Ok(None),
            _ => self.int(column).map(Some),
        }
    }

    /// A text.
    ///
    /// # Errors
    /// [`StoreError::Row`] when the column holds something else.
    pub fn text(&self, column: usize) -> Result<&str, StoreError> {
        match self.values.get(column) {
            Some(Value::Text(value)) => Ok(value),
            _ => Err(self.wrong(column)),
        }
    }

    /// A text or nothing.
    ///
    /// # Errors
    /// [`StoreError::Row`] when the column holds something else.
    pub fn maybe_text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        match self.values.get(column) {
            Some(Value::Null) => Ok(None),
            _ => self.text(column).map(Some),
        }
    }

    /// Bytes.
    ///
    /// # Errors
    /// [`StoreError::Row`] when the column holds something else.
    pub fn blob(&self, column: usize) -> Result<&[u8], StoreError> {
        match self.values.get(column) {
            Some(Value::Blob(value)) => Ok(value),
            _ => Err(self.wrong(column)),
        }
    }

    /// Bytes, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Row`] when the column holds something else.
    pub fn maybe_blob(&self, column: usize) -> Result<Option<&[u8]>, StoreError> {
        match self.values.get(column) {
            Some(Value::Null) => Ok(None),
            _ => self.blob(column).map(Some),
        }
    }

    /// A text that is parsed.
    ///
    /// # Errors
    /// [`StoreError::Row`] when it cannot be.
    pub fn parsed<T: std::str::FromStr>(&self, column: usize) -> Result<T, StoreError> {
        self.text(column)?.parse().map_err(|_| self.wrong(column))
    }

    /// A word of the catalog, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Row`] when the word is not known.
    pub fn word<W: ::catalog::Word>(&self, column: usize) -> Result<Option<W>, StoreError> {
        let text = self.maybe_text(column)?;
        text.map(|text| ::catalog::parse_word(text).map_err(|_| self.wrong(column))).transpose()
    }
}
