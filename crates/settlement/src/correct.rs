//! Corrections: lines that make up the difference between what a day is and what was posted.
use kernel::id;

use crate::day::Line;

/// Compares the lines that a day should have with the lines that stand posted (the latest of each
/// creator), both ordered by creator id. Gives, for every creator whose line differs, the line that
/// should stand and the one that stood; a creator who drops out gets an empty line.
#[must_use]
pub fn correct(posted: &[Line], settled: &[Line]) -> Vec<(Line, Line)> {
    let mut changes = Vec::new();
    let (mut old, mut new) = (posted.iter().peekable(), settled.iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return changes,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(old), Some(new)) => id::order(&old.creator, &new.creator),
        };
        let before = if order.is_gt() { None } else { old.next() };
        let after = if order.is_lt() { None } else { new.next() };
        let empty = |creator: &str| Line { creator: creator.to_owned(), ..Line::default() };
        let change = match (before, after) {
            (Some(before), Some(after)) => (before.clone(), after.clone()),
            (Some(before), None) => (before.clone(), empty(&before.creator)),
            (None, Some(after)) => (empty(&after.creator), after.clone()),
            (None, None) => return changes,
        };
        if change.0 != change.1 {
            changes.push(change);
        }
    }
}
