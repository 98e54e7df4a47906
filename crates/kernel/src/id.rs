//! Ids that the platform gives, their order, and their 64-bit hashes.
use std::cmp::Ordering;

use siphasher::sip::SipHasher24;
use std::hash::Hasher;

/// The longest id that is taken in, in bytes.
pub const ID_BYTES_MAX: usize = 200;

/// Orders ids as people and settlement do: whole decimal numbers first, by value; then all other
/// texts, by bytes. `9` comes before `10`, `10` before `a`. A number with leading zeros is a text.
#[must_use]
pub fn order(a: &str, b: &str) -> Ordering {
    match (is_number(a), is_number(b)) {
        (true, true) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => a.cmp(b),
    }
}

fn is_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    !bytes.is_empty()
        && bytes.iter().all(u8::is_ascii_digit)
        && (bytes.len() == 1 || bytes.first() != Some(&b'0'))
}

/// Why a text is refused as an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// No text.
    #[error("an id is empty")]
    Empty,
    /// Longer than [`ID_BYTES_MAX`].
    #[error("an id is longer than 200 bytes")]
    TooLong,
    /// Has a control character, or a character that shows as none or turns the text around.
    #[error("an id has a control, zero-width or direction character")]
    Hidden,
}

/// Checks that a text may be an id: 1 to [`ID_BYTES_MAX`] bytes, no control characters, none of the
/// characters that make two ids look the same. Nothing is normalised: ids are compared by bytes.
///
/// # Errors
/// [`IdError`] saying what is wrong.
pub fn check(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if text.len() > ID_BYTES_MAX {
        return Err(IdError::TooLong);
    }
    if text.bytes().all(|b| b.is_ascii_graphic() || b == b' ') {
        return Ok(());
    }
    if text.chars().any(is_hidden) { Err(IdError::Hidden) } else { Ok(()) }
}

/// Whether a character is a control character, shows as none, or turns the text around.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// A creator, as the platform names him.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CreatorId(String);

impl CreatorId {
    /// Takes a checked text.
    ///
    /// # Errors
    /// [`IdError`] from [`check`].
    pub fn new(text: &str) -> Result<Self, IdError> {
        check(text).map(|()| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialOrd for CreatorId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for CreatorId {
    fn cmp(&self, other: &Self) -> Ordering {
        order(&self.0, &other.0)
    }
}

/// A work (a video, a post), as the platform names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct WorkId(String);

impl WorkId {
    /// Takes a checked text.
    ///
    /// # Errors
    /// [`IdError`] from [`check`].
    pub fn new(text: &str) -> Result<Self, IdError> {
        check(text).map(|()| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialOrd for WorkId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for WorkId {
    fn cmp(&self, other: &Self) -> Ordering {
        order(&self.0, &other.0)
    }
}

/// A key for hashing ids. Zero is never a hash: it stands for "none" in a column.
#[derive(Clone)]
pub struct HashKey([u8; 16]);

impl HashKey {
    /// The key that everybody knows, for ids that are public (works, creators): an outsider can
    /// compute the same hashes.
    pub const PUBLIC: HashKey = HashKey(*b"stipend public 1");

    /// A secret key, for viewers and devices. Destroying it makes the hashes anonymous.
    #[must_use]
    pub fn secret(bytes: [u8; 16]) -> HashKey {
        HashKey(bytes)
    }

    /// SipHash-2-4 of the parts, each followed by its length, so that no two lists of parts run
    /// together.
    #[must_use]
    #[inline]
    pub fn hash(&self, parts: &[&[u8]]) -> i64 {
        let mut hasher = SipHasher24::new_with_key(&self.0);
        for part in parts {
            hasher.write(part);
            if parts.len() > 1 {
                hasher.write_u64(crate::cast::wide(part.len()));
            }
        }
        let hash = hasher.finish().cast_signed();
        if hash == 0 { 1 } else { hash }
    }
}

impl std::fmt::Debug for HashKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HashKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_order_by_value_before_texts() {
        let mut ids = vec!["b", "10", "9", "a", "01", "0", "123456789012345678901234", "-1"];
        ids.sort_by(|a, b| order(a, b));
        assert_eq!(ids, ["0", "9", "10", "123456789012345678901234", "-1", "01", "a", "b"]);
    }

    #[test]
    fn hidden_and_long_ids_are_refused() {
        let cases = [
            ("", Err(IdError::Empty)),
            ("a b", Ok(())),
            ("\u{c5}ngstr\u{f6}m", Ok(())),
            ("a\0b", Err(IdError::Hidden)),
            ("a\u{202e}b", Err(IdError::Hidden)),
            ("a\u{200b}", Err(IdError::Hidden)),
        ];
        for (text, expected) in cases {
            assert_eq!(check(text), expected, "{text:?}");
        }
        assert_eq!(check(&"x".repeat(201)), Err(IdError::TooLong));
    }
}
