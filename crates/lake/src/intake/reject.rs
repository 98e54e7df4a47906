//! Refusals: what was wrong with a row, and where.

/// Why a row is refused. Codes are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefusalCode {
    /// Not JSON.
    BadJson,
    /// Not UTF-8.
    BadUtf8,
    /// A line longer than the limit.
    LineTooLong,
    /// A quote that nobody closes.
    OpenQuote,
    /// Nested deeper than the limit.
    TooDeep,
    /// One key twice in an object.
    DuplicateKey,
    /// Another number of columns than the header.
    ColumnCount,
    /// A field that must be there is not.
    MissingField,
    /// Not an id.
    BadId,
    /// Not an instant.
    BadTime,
    /// An instant that cannot be: before 1970 or more than a day ahead of the clock.
    TimeOutOfRange,
    /// Not a known kind of event.
    BadKind,
    /// Not a number.
    BadNumber,
    /// A number that cannot be.
    NumberOutOfRange,
    /// Not yes or no.
    BadFlag,
    /// Not a known word.
    BadWord,
    /// Not a region of two letters.
    BadRegion,
    /// A day that is none.
    BadDay,
    /// A list or object where a value should be.
    Nested,
    /// The hash of this id is another id's.
    HashCollision,
}

impl RefusalCode {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            RefusalCode::BadJson => "bad_json",
            RefusalCode::BadUtf8 => "bad_utf8",
            RefusalCode::LineTooLong => "line_too_long",
            RefusalCode::OpenQuote => "open_quote",
            RefusalCode::TooDeep => "too_deep",
            RefusalCode::DuplicateKey => "duplicate_key",
            RefusalCode::ColumnCount => "column_count",
            RefusalCode::MissingField => "missing_field",
            RefusalCode::BadId => "bad_id",
            RefusalCode::BadTime => "bad_time",
            RefusalCode::TimeOutOfRange => "time_out_of_range",
            RefusalCode::BadKind => "bad_kind",
            RefusalCode::BadNumber => "bad_number",
            RefusalCode::NumberOutOfRange => "number_out_of_range",
            RefusalCode::BadFlag => "bad_flag",
            RefusalCode::BadWord => "bad_word",
            RefusalCode::BadRegion => "bad_region",
            RefusalCode::BadDay => "bad_day",
            RefusalCode::Nested => "nested",
            RefusalCode::HashCollision => "hash_collision",
        }
    }
}

/// What was wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The kind of fault.
    pub code: RefusalCode,
    /// The field of our schema, or empty.
    pub field: &'static str,
    /// What was found and what is wanted.
    pub message: String,
}

impl Refusal {
    /// A refusal.
    #[must_use]
    pub fn new(code: RefusalCode, field: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { code, field, message: message.into() }
    }
}

/// A refused row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its line, from 1 (a row number where the format has no lines).
    pub line: u64,
    /// Why.
    pub refusal: Refusal,
}
