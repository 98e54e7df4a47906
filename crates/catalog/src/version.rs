//! Versions of facts, and the state as of a day.
use std::borrow::Cow;

use kernel::Day;

/// A set of facts of which some may be unsaid.
pub trait Facts: Clone + Default {
    /// Takes over what `later` says; keeps the rest.
    fn fold(&mut self, later: &Self);
}

/// Facts that hold from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version<F> {
    /// The first day on which the facts hold.
    pub effective: Day,
    /// The order of recording: of two versions with one effective day, the later recorded wins.
    pub recorded: i64,
    /// What is said.
    pub facts: F,
}

/// The facts that hold on `day`. `versions` are ordered by (effective, recorded); none effective by
/// then gives `None`: the subject was not there yet.
/// One version alone is borrowed: most works have no other.
#[must_use]
pub fn as_of<F: Facts>(versions: &[Version<F>], day: Day) -> Option<Cow<'_, F>> {
    let mut versions = versions.iter().take_while(|version| version.effective <= day);
    let mut held = Cow::Borrowed(&versions.next()?.facts);
    for version in versions {
        held.to_mut().fold(&version.facts);
    }
    Some(held)
}
