//! What somebody may have meant who wrote a word that is not known.

/// The word that is nearest to `text`, if any is near.
pub(crate) fn nearest<'a>(text: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let far = text.chars().count().div_ceil(3).max(1);
    let scored = known.map(|word| (strsim::damerau_levenshtein(text, word), word));
    scored.filter(|(distance, _)| *distance <= far).min().map(|(_, word)| word)
}

/// What the reader of TOML says of an unknown word, with what may have been meant: its messages
/// name the word and all that would be right in backticks.
pub fn help(message: &str) -> Option<String> {
    if !message.contains("unknown") {
        return None;
    }
    let mut words = message.split('`').skip(1).step_by(2);
    let unknown = words.next()?;
    nearest(unknown, words).map(|word| format!("did you mean `{word}`?"))
}
