//! A value of a foreign row, before it means anything.
use std::borrow::Cow;

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Not there, empty, or null.
    Missing,
    /// A text, or a number as text.
    Text(Cow<'a, str>),
    /// A whole number.
    Int(i64),
    /// A number that is not whole or does not fit 64 bits with a sign, exactly as it was written.
    Number(String),
    /// A number that the file's format holds inexactly: a measure, never an id.
    Inexact(String),
    /// True or false.
    Bool(bool),
    /// An instant, in microseconds since 1970 UTC: the file's own type says so.
    Instant(i64),
    /// A list or an object, which no field can be.
    Nested,
}

impl Cell<'_> {
    /// The value as people would write it, at most 60 characters.
    #[must_use]
    pub fn show(&self) -> String {
        match self {
            Cell::Missing => "nothing".to_owned(),
            Cell::Text(text) if text.chars().count() > 60 => {
                let start: String = text.chars().take(57).collect();
                format!("`{}...`", start.escape_debug())
            }
            Cell::Text(text) => format!("`{}`", text.escape_debug()),
            Cell::Int(value) => format!("`{value}`"),
            Cell::Number(text) | Cell::Inexact(text) => {
                format!("`{}`", text.chars().take(60).collect::<String>())
            }
            Cell::Bool(value) => format!("`{value}`"),
            Cell::Instant(value) => format!("the instant `{value}` µs"),
            Cell::Nested => "a list or an object".to_owned(),
        }
    }
}
