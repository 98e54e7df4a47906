//! Events packed as bytes: how a batch waits in the database until it is sealed.
use std::io;

use metering::Columns;

/// The first byte of a pack; another layout gets another number.
const FORMAT: u8 = 1;

/// Packs events: the format, their number, then each column, all little-endian.
#[must_use]
pub fn pack(columns: &mut Columns) -> Vec<u8> {
    let count = u32::try_from(columns.len()).unwrap_or(u32::MAX);
    let mut bytes = Vec::with_capacity(5 + columns.len() * 72);
    bytes.push(FORMAT);
    bytes.extend_from_slice(&count.to_le_bytes());
    for column in columns.wide() {
        column.iter().for_each(|value| bytes.extend_from_slice(&value.to_le_bytes()));
    }
    for column in columns.narrow() {
        column.iter().for_each(|value| bytes.extend_from_slice(&value.to_le_bytes()));
    }
    bytes
}

/// Unpacks events behind those that `columns` has already.
///
/// # Errors
/// `InvalidData` when the bytes are no pack of this format.
pub fn unpack(bytes: &[u8], columns: &mut Columns) -> io::Result<()> {
    let wrong = || io::Error::new(io::ErrorKind::InvalidData, "a batch of events is damaged");
    let (head, mut rest) = bytes.split_at_checked(5).ok_or_else(wrong)?;
    if head[0] != FORMAT {
        return Err(wrong());
    }
    let count = u32::from_le_bytes([head[1], head[2], head[3], head[4]]);
    let count = usize::try_from(count).map_err(|_| wrong())?;
    for column in columns.wide() {
        let (part, after) = rest.split_at_checked(count * 8).ok_or_else(wrong)?;
        let (values, _) = part.as_chunks::<8>();
        column.extend(values.iter().map(|value| i64::from_le_bytes(*value)));
        rest = after;
    }
    for column in columns.narrow() {
        let (part, after) = rest.split_at_checked(count * 4).ok_or_else(wrong)?;
        let (values, _) = part.as_chunks::<4>();
        column.extend(values.iter().map(|value| i32::from_le_bytes(*value)));
        rest = after;
    }
    if rest.is_empty() { Ok(()) } else { Err(wrong()) }
}
