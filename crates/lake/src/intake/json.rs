//! JSON rows: one object into the cells of a mapping, keys of nested objects joined by dots.
use std::borrow::Cow;
use std::fmt;

use kernel::limits::JSON_DEPTH_MAX;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::cell::Cell;
use super::reject::{Refusal, RefusalCode};

/// Reads one object. `columns` are the wanted keys; `cells` gets one value for each. `order` is
/// kept from row to row: the order of keys of the row before, which most rows share.
pub(crate) fn read_object<'a>(
    text: &'a [u8],
    columns: &[String],
    order: &mut Vec<usize>,
    cells: &mut Vec<Cell<'a>>,
) -> Result<(), Refusal> {
    cells.clear();
    cells.resize(columns.len(), Cell::Missing);
    let mut row =
        RowSeed { columns, cells, order, prefix: String::new(), depth: 0, next: 0, seen: 0 };
    // Text that is known to be UTF-8 is not looked at again, string by string.
    let done = match std::str::from_utf8(text) {
        Ok(text) => {
            let mut parser = serde_json::Deserializer::from_str(text);
            row.deserialize_row(&mut parser).and_then(|()| parser.end())
        }
        Err(_) => {
            let mut parser = serde_json::Deserializer::from_slice(text);
            row.deserialize_row(&mut parser).and_then(|()| parser.end())
        }
    };
    done.map_err(|error| {
        let message = error.to_string();
        let at = message.find(" at line").unwrap_or(message.len());
        let short: String = message.get(..at).unwrap_or("").chars().take(120).collect();
        let code = if short.starts_with("the key") {
            RefusalCode::DuplicateKey
        } else if short.starts_with("nested deeper") || short.starts_with("recursion limit") {
            RefusalCode::TooDeep
        } else if std::str::from_utf8(text).is_err() {
            RefusalCode::BadUtf8
        } else {
            RefusalCode::BadJson
        };
        Refusal::new(code, "", short)
    })
}

struct RowSeed<'s, 'a> {
    columns: &'s [String],
    cells: &'s mut Vec<Cell<'a>>,
    /// By the number of a wanted key in its row, the column that it was last.
    order: &'s mut Vec<usize>,
    prefix: String,
    depth: usize,
    /// Wanted keys met so far.
    next: usize,
    /// Bits of the columns (the first 128) that were seen.
    seen: u128,
}

impl<'a> RowSeed<'_, 'a> {
    fn deserialize_row<D: Deserializer<'a>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(RowVisitor(self))
    }

    fn slot(&mut self, key: &str) -> Option<usize> {
        let full: Cow<'_, str> = if self.prefix.is_empty() {
            Cow::Borrowed(key)
        } else {
            Cow::Owned(format!("{}{key}", self.prefix))
        };
        let guess = self.order.get(self.next).copied();
        let slot = match guess {
            Some(guess) if self.columns.get(guess).is_some_and(|c| *c == full) => guess,
            _ => self.columns.iter().position(|column| *column == full)?,
        };
        match self.order.get_mut(self.next) {
            Some(held) => *held = slot,
            None => self.order.push(slot),
        }
        self.next += 1;
        Some(slot)
    }

    /// Whether a wanted column lies below this key.
    fn holds(&self, key: &str) -> bool {
        let full = format!("{}{key}.", self.prefix);
        self.columns.iter().any(|column| column.starts_with(&full))
    }
}

struct RowVisitor<'r, 's, 'a>(&'r mut RowSeed<'s, 'a>);

impl<'a> Visitor<'a> for RowVisitor<'_, '_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<(), M::Error> {
        let row = self.0;
        if row.depth > JSON_DEPTH_MAX {
            return Err(M::Error::custom("nested deeper than 32 levels"));
        }
        let mut others: Vec<Cow<'a, str>> = Vec::new();
        while let Some(key) = map.next_key_seed(KeySeed)? {
            if let Some(slot) = row.slot(&key) {
                let bit = 1_u128 << slot.min(127);
                if row.seen & bit != 0 && slot < 127 {
                    return Err(M::Error::custom(format!("the key `{key}` stands twice")));
                }
                row.seen |= bit;
                row.cells[slot] = map.next_value_seed(CellSeed)?;
            } else if row.holds(&key) {
                let length = row.prefix.len();
                row.prefix.push_str(&key);
                row.prefix.push('.');
                row.depth += 1;
                map.next_value_seed(NestedSeed(row))?;
                row.depth -= 1;
                row.prefix.truncate(length);
            } else {
                if others.contains(&key) {
                    return Err(M::Error::custom(format!("the key `{key}` stands twice")));
                }
                // Looking for repeated keys that nobody reads stops where it would cost too much.
                if others.len() < 64 {
                    others.push(key);
                }
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// An object below a key, or a value that is none (then nothing is read from it).
struct NestedSeed<'r, 's, 'a>(&'r mut RowSeed<'s, 'a>);

impl<'a> DeserializeSeed<'a> for NestedSeed<'_, '_, 'a> {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.deserialize_row(deserializer)
    }
}

struct KeySeed;

impl<'a> DeserializeSeed<'a> for KeySeed {
    type Value = Cow<'a, str>;
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Cow<'a, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'a> Visitor<'a> for KeySeed {
    type Value = Cow<'a, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }
    fn visit_borrowed_str<E>(self, text: &'a str) -> Result<Cow<'a, str>, E> {
        Ok(Cow::Borrowed(text))
    }
    fn visit_str<E>(self, text: &str) -> Result<Cow<'a, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

struct CellSeed;

impl<'a> DeserializeSeed<'a> for CellSeed {
    type Value = Cell<'a>;
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Cell<'a>, D::Error> {
        deserializer.deserialize_any(CellVisitor)
    }
}

struct CellVisitor;

impl<'a> Visitor<'a> for CellVisitor {
    type Value = Cell<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E>(self) -> Result<Cell<'a>, E> {
        Ok(Cell::Missing)
    }
    fn visit_none<E>(self) -> Result<Cell<'a>, E> {
        Ok(Cell::Missing)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Cell<'a>, E> {
        Ok(Cell::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Cell<'a>, E> {
        Ok(Cell::Int(value))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Cell<'a>, E> {
        Ok(i64::try_from(value).map_or_else(|_| Cell::Number(value.to_string()), Cell::Int))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Cell<'a>, E> {
        Ok(Cell::Inexact(value.to_string()))
    }
    fn visit_borrowed_str<E>(self, text: &'a str) -> Result<Cell<'a>, E> {
        Ok(if text.is_empty() { Cell::Missing } else { Cell::Text(Cow::Borrowed(text)) })
    }
    fn visit_str<E>(self, text: &str) -> Result<Cell<'a>, E> {
        Ok(if text.is_empty() { Cell::Missing } else { Cell::Text(Cow::Owned(text.to_owned())) })
    }
    fn visit_seq<S: SeqAccess<'a>>(self, mut sequence: S) -> Result<Cell<'a>, S::Error> {
        while sequence.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Cell::Nested)
    }
    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<Cell<'a>, M::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Cell::Nested)
    }
}
