//! Copyright claims (N19): somebody says that a work, or a share of it, is his. While that is
//! looked at, the share of what the work earns is held; if it is right, the share is his.
use std::fmt;

use kernel::Ppm;
use kernel::money::UNITS_PER_MINOR;

/// Where a claim is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It is looked at; the share is held.
    Open,
    /// It was right; the share is the claimant's.
    Upheld,
    /// It was wrong; what was held is the creator's again.
    Rejected,
    /// The claimant took it back: what was held is the creator's again, and what became the
    /// claimant's stays his.
    Withdrawn,
}

/// What ends a claim, or makes it hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// An officer finds that it is right, or the creator says so.
    Uphold,
    /// An officer finds that it is wrong.
    Reject,
    /// The claimant takes it back.
    Withdraw,
}

/// Why something cannot be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a copyright claim that is {state} does not take `{act:?}`")]
pub struct NotNow {
    /// The state.
    pub state: State,
    /// What was tried.
    pub act: Act,
}

impl State {
    /// Every state with its word.
    pub const WORDS: [(State, &'static str); 4] = [
        (State::Open, "open"),
        (State::Upheld, "upheld"),
        (State::Rejected, "rejected"),
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

    /// Where an act leads.
    ///
    /// # Errors
    /// [`NotNow`].
    pub fn on(self, act: Act) -> Result<State, NotNow> {
        match (self, act) {
            (State::Open, Act::Uphold) => Ok(State::Upheld),
            (State::Open, Act::Reject) => Ok(State::Rejected),
            (State::Open | State::Upheld, Act::Withdraw) => Ok(State::Withdrawn),
            (state, act) => Err(NotNow { state, act }),
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What a claim is about of a day: its share of what the work was paid, rounded down to whole minor
/// units, so that all of it can be drawn one day. Ledger units.
#[must_use]
pub fn part(of_work: i64, share: Ppm) -> i64 {
    let part = share.of_value(i128::from(of_work.max(0)));
    let part = i64::try_from(part).unwrap_or(of_work).min(of_work.max(0));
    part - part.rem_euclid(UNITS_PER_MINOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_lead_to() {
        use {Act as A, State as S};
        let cases = [
            (S::Open, A::Uphold, Some(S::Upheld)),
            (S::Open, A::Reject, Some(S::Rejected)),
            (S::Open, A::Withdraw, Some(S::Withdrawn)),
            (S::Upheld, A::Withdraw, Some(S::Withdrawn)),
            (S::Upheld, A::Reject, None),
            (S::Rejected, A::Uphold, None),
            (S::Rejected, A::Withdraw, None),
            (S::Withdrawn, A::Uphold, None),
        ];
        for (state, act, after) in cases {
            assert_eq!(state.on(act).ok(), after, "{state} {act:?}");
        }
        for (state, word) in State::WORDS {
            assert_eq!(State::from_word(word), Some(state));
        }
    }

    #[test]
    fn parts_are_whole_and_never_more_than_the_work_got() {
        let unit = UNITS_PER_MINOR;
        let cases = [
            (100 * unit, 500_000, 50 * unit),
            (unit, 500_000, 0),
            (3 * unit, 500_000, unit),
            (3 * unit, 1_000_000, 3 * unit),
            (3 * unit + 17, 1_000_000, 3 * unit),
            (0, 1_000_000, 0),
            (-5 * unit, 1_000_000, 0),
            (i64::MAX, 1_000_000, i64::MAX - i64::MAX % unit),
        ];
        for (of_work, share, expected) in cases {
            assert_eq!(part(of_work, Ppm::of(share)), expected, "{of_work} x {share}");
        }
    }
}
