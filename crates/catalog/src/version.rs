//! Versions of facts, and the state as of a day.
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
#[must_use]
pub fn as_of<F: Facts>(versions: &[Version<F>], day: Day) -> Option<F> {
    let mut held: Option<F> = None;
    for version in versions.iter().take_while(|version| version.effective <= day) {
        held.get_or_insert_with(F::default).fold(&version.facts);
    }
    held
}
