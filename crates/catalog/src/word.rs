//! Closed sets of words: the values of a fact.

/// An enum whose every value has one stable word in files and in the database.
pub trait Word: Sized + Copy + PartialEq + 'static {
    /// Every value with its word.
    const WORDS: &'static [(Self, &'static str)];

    /// This value's word.
    fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(value, _)| *value == self).map_or("", |(_, word)| word)
    }
}

/// The value of a word, or the list of words that would be right.
///
/// # Errors
/// The known words, joined by commas, when `text` is none of them.
pub fn parse_word<W: Word>(text: &str) -> Result<W, String> {
    match W::WORDS.iter().find(|(_, word)| *word == text) {
        Some((value, _)) => Ok(*value),
        None => Err(W::WORDS.iter().map(|(_, word)| *word).collect::<Vec<_>>().join(", ")),
    }
}
