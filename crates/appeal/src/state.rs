//! Where a case is, and which step leads on (requirements 1.19).
use std::fmt;

/// Where a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It waits for an officer.
    Filed,
    /// An officer has it.
    InReview,
    /// The decision stands.
    Upheld,
    /// The decision was wrong; what it took is being computed.
    Overturned,
    /// What it took is known; the money waits for the reserve.
    Recomputed,
    /// It was made good: paid, or nothing was to be paid.
    BackPaid,
    /// The creator took it back.
    Withdrawn,
}

/// What is done with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// An officer takes it.
    Claim,
    /// He gives it back.
    Release,
    /// He finds that the decision stands.
    Uphold,
    /// He finds that it was wrong.
    Overturn,
    /// What it took was computed.
    Recompute,
    /// What it took was paid.
    Pay,
    /// The creator takes it back.
    Withdraw,
    /// The creator asks another officer to look again, where the rules have a second instance.
    Reopen,
}

/// Why something cannot be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a case that is {state} does not take `{act:?}`")]
pub struct NotNow {
    /// The state.
    pub state: State,
    /// What was tried.
    pub act: Act,
}

impl State {
    /// Every state with its word.
    pub const WORDS: [(State, &'static str); 7] = [
        (State::Filed, "filed"),
        (State::InReview, "in_review"),
        (State::Upheld, "upheld"),
        (State::Overturned, "overturned"),
        (State::Recomputed, "recomputed"),
        (State::BackPaid, "back_paid"),
        (State::Withdrawn, "withdrawn"),
    ];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        State::WORDS.iter().find(|(state, _)| *state == self).map_or("", |(_, word)| word)
    }

    /// The state of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<State> {
        State::WORDS.iter().find(|(_, known)| *known == word).map(|(state, _)| *state)
    }

    /// Whether it waits for an officer.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, State::Filed | State::InReview)
    }

    /// Where an act leads.
    ///
    /// # Errors
    /// [`NotNow`].
    pub fn on(self, act: Act) -> Result<State, NotNow> {
        use {Act as A, State as S};
        match (self, act) {
            (S::Filed, A::Claim) | (S::InReview, A::Claim) => Ok(S::InReview),
            (S::InReview, A::Release) => Ok(S::Filed),
            (S::InReview, A::Uphold) => Ok(S::Upheld),
            (S::InReview, A::Overturn) => Ok(S::Overturned),
            (S::Filed | S::InReview, A::Withdraw) => Ok(S::Withdrawn),
            (S::Overturned | S::Recomputed, A::Recompute) => Ok(S::Recomputed),
            (S::Overturned | S::Recomputed, A::Pay) => Ok(S::BackPaid),
            (S::Upheld, A::Reopen) => Ok(S::Filed),
            (state, act) => Err(NotNow { state, act }),
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
