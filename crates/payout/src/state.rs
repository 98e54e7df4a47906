//! The states of a payout and the events that move it on (reliability: RESERVED, SUBMITTING(key),
//! PAID, FAILED, UNKNOWN, RETURNED). From unknown only what is known of the provider leads on:
//! nothing is ever sent again under another key.
use std::fmt;

/// Where a payout is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// A person looks at it first.
    Review,
    /// It may go with the next batch.
    Ready,
    /// It is in a batch.
    Batched,
    /// It is being handed to the rail; whether it arrived there is not written down yet.
    Submitting,
    /// It was handed over, and whether it arrived is not known.
    Unknown,
    /// The rail has it.
    Submitted,
    /// It is at the rail's other side and did not go on from there: a person has to look.
    Halted,
    /// It was paid.
    Paid,
    /// It was not paid; the money is back.
    Failed,
    /// It was paid and came back.
    Returned,
    /// The creator took it back.
    Cancelled,
    /// A person refused it.
    Refused,
}

/// What happens to a payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// A person has to look at it after all.
    Flag,
    /// A person looked at it and lets it go.
    Clear,
    /// A person refuses it.
    Refuse,
    /// The creator takes it back.
    Cancel,
    /// It is put in a batch.
    Batch,
    /// Its batch is given up.
    Unbatch,
    /// It is about to be handed over.
    Submit,
    /// The rail has it.
    Sent,
    /// Whether the rail has it is not known.
    Lose,
    /// It is proven that the rail never had it.
    Miss,
    /// It did not go on from the rail's other side.
    Halt,
    /// The rail paid it.
    Pay,
    /// The rail did not pay it.
    Fail,
    /// It came back.
    Return,
}

/// What a step does to the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    /// Nothing.
    None,
    /// The reserved money goes back to the wallet.
    GiveBack,
    /// The reserved money leaves.
    PayOut,
    /// Money that left comes back to the wallet.
    TakeIn,
}

/// An event that does not fit the state: it contradicts what was told before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a payout that is {state} does not take `{event:?}`")]
pub struct Unfit {
    /// The state.
    pub state: State,
    /// The event.
    pub event: Event,
}

impl State {
    /// Every state with its word.
    pub const WORDS: [(State, &'static str); 12] = [
        (State::Review, "review"),
        (State::Ready, "ready"),
        (State::Batched, "batched"),
        (State::Submitting, "submitting"),
        (State::Unknown, "unknown"),
        (State::Submitted, "submitted"),
        (State::Halted, "halted"),
        (State::Paid, "paid"),
        (State::Failed, "failed"),
        (State::Returned, "returned"),
        (State::Cancelled, "cancelled"),
        (State::Refused, "refused"),
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

    /// Whether the wallet's money is reserved for it.
    #[must_use]
    pub fn reserves(self) -> bool {
        matches!(
            self,
            State::Review
                | State::Ready
                | State::Batched
                | State::Submitting
                | State::Unknown
                | State::Submitted
                | State::Halted
        )
    }

    /// Whether the rail has it, or may have it.
    #[must_use]
    pub fn is_at_rail(self) -> bool {
        matches!(self, State::Submitting | State::Unknown | State::Submitted | State::Halted)
    }

    /// Where an event leads, and what that does to the ledger. An event that was told before leads
    /// nowhere and does nothing.
    ///
    /// # Errors
    /// [`Unfit`]: nothing changes, and a person has to look.
    pub fn on(self, event: Event) -> Result<(State, Movement), Unfit> {
        use Event as E;
        use Movement as M;
        use State as S;
        let same = Ok((self, M::None));
        match (self, event) {
            (S::Ready, E::Flag) => Ok((S::Review, M::None)),
            (S::Review, E::Clear) => Ok((S::Ready, M::None)),
            (S::Review, E::Refuse) => Ok((S::Refused, M::GiveBack)),
            (S::Review | S::Ready, E::Cancel) => Ok((S::Cancelled, M::GiveBack)),
            (S::Ready, E::Refuse) => Ok((S::Refused, M::GiveBack)),
            (S::Ready, E::Batch) => Ok((S::Batched, M::None)),
            (S::Batched, E::Unbatch) => Ok((S::Ready, M::None)),
            (S::Batched, E::Submit) => Ok((S::Submitting, M::None)),
            // A try that was proven not to have arrived is repeated with the same key.
            (S::Unknown | S::Submitting, E::Submit) => Ok((S::Submitting, M::None)),
            (S::Submitting | S::Unknown, E::Sent) => Ok((S::Submitted, M::None)),
            (S::Submitting, E::Lose) => Ok((S::Unknown, M::None)),
            (S::Unknown, E::Miss) => same,
            (S::Submitting | S::Unknown | S::Submitted, E::Halt) => Ok((S::Halted, M::None)),
            (going, E::Pay) if going.is_at_rail() => Ok((S::Paid, M::PayOut)),
            (going, E::Fail) if going.is_at_rail() => Ok((S::Failed, M::GiveBack)),
            (going, E::Return) if going.is_at_rail() => Ok((S::Returned, M::GiveBack)),
            (S::Halted, E::Halt | E::Sent | E::Lose) => same,
            // Providers say "paid" and find later that the bank did not take it.
            (S::Paid, E::Return | E::Fail) => Ok((S::Returned, M::TakeIn)),
            (S::Submitted | S::Unknown, E::Lose) => same,
            (S::Submitted | S::Paid | S::Failed | S::Returned, E::Sent | E::Lose) => same,
            (S::Paid, E::Pay) | (S::Failed, E::Fail) => same,
            // Told late: it was paid before it came back.
            (S::Returned, E::Return | E::Fail | E::Pay) => same,
            (state, event) => Err(Unfit { state, event }),
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
