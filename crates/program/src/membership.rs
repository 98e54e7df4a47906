//! Membership of a program: its states with their facts, and which act leads from which to which
//! (requirements 1.19, R5, R30, R44 to R48).
use kernel::{Day, Reason};

/// How a creator stands to a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Invited, and not decided yet.
    Invited {
        /// The last day on which the invitation can be accepted.
        through: Option<Day>,
    },
    /// Applied; the case waits for a reviewer.
    Applied {
        /// The day by which an answer is promised.
        due: Option<Day>,
    },
    /// A reviewer has taken the case.
    InReview {
        /// The day by which an answer is promised.
        due: Option<Day>,
    },
    /// A member.
    Approved {
        /// Whether against the rules of entry: then these do not put him out again.
        forced: bool,
    },
    /// Not accepted.
    Rejected {
        /// Why.
        reasons: Vec<Reason>,
        /// The first day on which another application is taken.
        again: Day,
        /// Which rejection in a row.
        count: i64,
    },
    /// A member who earns nothing for now.
    Suspended {
        /// Why.
        reasons: Vec<Reason>,
        /// Whether a rule of the policy did it: then it ends by itself when the rule holds again.
        by_rule: bool,
        /// Whether he is a member against the rules of entry.
        forced: bool,
    },
    /// A member no more, by decision.
    Removed,
    /// A member no more, by his own wish.
    Left {
        /// Whether a decision had suspended him: then he does not come back by himself.
        barred: bool,
    },
    /// Taken over by another program.
    Superseded {
        /// That one.
        by: String,
    },
}

/// What is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Invite.
    Invite {
        /// The last day on which it can be accepted.
        through: Option<Day>,
    },
    /// Accept an invitation.
    Accept,
    /// Apply.
    Apply {
        /// The day by which an answer is promised.
        due: Option<Day>,
    },
    /// Take the case.
    Claim,
    /// Give the case back.
    Release,
    /// Accept the application.
    Approve,
    /// Accept an application that was rejected wrongly, after an appeal.
    Reverse,
    /// Make a member against the rules, with four eyes (R54).
    Override,
    /// Do not accept the application.
    Reject {
        /// Why.
        reasons: Vec<Reason>,
        /// The first day on which another application is taken.
        again: Day,
        /// Which rejection in a row.
        count: i64,
    },
    /// Let him earn nothing for now.
    Suspend {
        /// Why.
        reasons: Vec<Reason>,
        /// Whether a rule of the policy does it.
        by_rule: bool,
    },
    /// Let him earn again.
    Restore,
    /// End the membership by decision.
    Remove,
    /// End it by the member's own wish, or take the application back.
    Leave,
    /// Hand the member over to another program.
    Supersede {
        /// That one.
        by: String,
    },
}

/// Why something cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    /// The state is another.
    #[error("this is not possible while the membership is: {state}")]
    State {
        /// The state's word.
        state: &'static str,
    },
    /// The time after the last review is not over.
    #[error("the time after the last review is not over: a new application is taken from {0} on")]
    Cooldown(Day),
    /// He left while a decision had suspended him.
    #[error("a decision had suspended the membership that was left: it takes an invitation")]
    Barred,
    /// The invitation is over.
    #[error("the invitation was open through {0}")]
    Over(Day),
}

impl State {
    /// The words of all states, in the order of requirements 1.19.
    pub const WORDS: [&'static str; 9] = [
        "invited",
        "applied",
        "in_review",
        "approved",
        "rejected",
        "suspended",
        "removed",
        "left",
        "superseded",
    ];

    /// The stable word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            State::Invited { .. } => "invited",
            State::Applied { .. } => "applied",
            State::InReview { .. } => "in_review",
            State::Approved { .. } => "approved",
            State::Rejected { .. } => "rejected",
            State::Suspended { .. } => "suspended",
            State::Removed => "removed",
            State::Left { .. } => "left",
            State::Superseded { .. } => "superseded",
        }
    }

    /// Rejections in a row so far.
    #[must_use]
    pub fn rejections(&self) -> i64 {
        match self {
            State::Rejected { count, .. } => *count,
            _ => 0,
        }
    }
}

/// The state that an act leads to on a day.
///
/// # Errors
/// [`NotNow`] when it cannot be done.
pub fn next(state: Option<&State>, act: &Act, day: Day) -> Result<State, NotNow> {
    use State as S;
    let here = || NotNow::State { state: state.map_or("none", State::word) };
    match (act, state) {
        (
            Act::Invite { through },
            None | Some(S::Invited { .. } | S::Left { .. } | S::Rejected { .. }),
        ) => Ok(S::Invited { through: *through }),
        (Act::Accept, Some(S::Invited { through })) => match through {
            Some(last) if *last < day => Err(NotNow::Over(*last)),
            _ => Ok(S::Approved { forced: false }),
        },
        (Act::Apply { .. }, Some(S::Rejected { again, .. })) if *again > day => {
            Err(NotNow::Cooldown(*again))
        }
        (Act::Apply { .. }, Some(S::Left { barred: true })) => Err(NotNow::Barred),
        (
            Act::Apply { due },
            None | Some(S::Invited { .. } | S::Left { .. } | S::Rejected { .. }),
        ) => Ok(S::Applied { due: *due }),
        (Act::Claim, Some(S::Applied { due } | S::InReview { due })) => {
            Ok(S::InReview { due: *due })
        }
        (Act::Release, Some(S::InReview { due })) => Ok(S::Applied { due: *due }),
        (Act::Approve, Some(S::Applied { .. } | S::InReview { .. })) => {
            Ok(S::Approved { forced: false })
        }
        (Act::Reverse, Some(S::Rejected { .. })) => Ok(S::Approved { forced: false }),
        (Act::Override, state) if !matches!(state, Some(S::Approved { .. })) => {
            Ok(S::Approved { forced: true })
        }
        (Act::Reject { reasons, again, count }, Some(S::Applied { .. } | S::InReview { .. })) => {
            Ok(S::Rejected { reasons: reasons.clone(), again: *again, count: *count })
        }
        (Act::Suspend { reasons, by_rule }, Some(S::Approved { forced })) => {
            let (reasons, by_rule, forced) = (reasons.clone(), *by_rule, *forced);
            Ok(S::Suspended { reasons, by_rule, forced })
        }
        // A decision goes over what a rule did.
        (
            Act::Suspend { reasons, by_rule: false },
            Some(S::Suspended { by_rule: true, forced, .. }),
        ) => Ok(S::Suspended { reasons: reasons.clone(), by_rule: false, forced: *forced }),
        (Act::Leave, Some(S::Suspended { by_rule: false, .. })) => Ok(S::Left { barred: true }),
        (Act::Restore, Some(S::Suspended { forced, .. })) => Ok(S::Approved { forced: *forced }),
        (Act::Remove, Some(S::Approved { .. } | S::Suspended { .. })) => Ok(S::Removed),
        (
            Act::Leave,
            Some(
                S::Approved { .. }
                | S::Suspended { .. }
                | S::Applied { .. }
                | S::InReview { .. }
                | S::Invited { .. },
            ),
        ) => Ok(S::Left { barred: false }),
        (Act::Supersede { by }, Some(S::Approved { .. } | S::Suspended { .. })) => {
            Ok(S::Superseded { by: by.clone() })
        }
        _ => Err(here()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().expect("a day")
    }

    /// Every state with every act, as one table to read.
    #[test]
    fn every_act_in_every_state() {
        let today = day("2026-06-01");
        let states = [
            None,
            Some(State::Invited { through: Some(day("2026-06-01")) }),
            Some(State::Invited { through: Some(day("2026-05-31")) }),
            Some(State::Applied { due: None }),
            Some(State::InReview { due: None }),
            Some(State::Approved { forced: false }),
            Some(State::Rejected { reasons: vec![], again: day("2026-06-01"), count: 1 }),
            Some(State::Rejected { reasons: vec![], again: day("2026-06-02"), count: 1 }),
            Some(State::Suspended { reasons: vec![], by_rule: true, forced: false }),
            Some(State::Removed),
            Some(State::Left { barred: false }),
            Some(State::Left { barred: true }),
            Some(State::Suspended { reasons: vec![], by_rule: false, forced: false }),
            Some(State::Superseded { by: "new".to_owned() }),
        ];
        let acts = [
            ("invite", Act::Invite { through: None }),
            ("accept", Act::Accept),
            ("apply", Act::Apply { due: None }),
            ("claim", Act::Claim),
            ("release", Act::Release),
            ("approve", Act::Approve),
            ("override", Act::Override),
            ("reject", Act::Reject { reasons: vec![], again: today, count: 1 }),
            ("suspend", Act::Suspend { reasons: vec![], by_rule: true }),
            ("restore", Act::Restore),
            ("remove", Act::Remove),
            ("leave", Act::Leave),
            ("supersede", Act::Supersede { by: "new".to_owned() }),
        ];
        let mut table = String::new();
        for state in &states {
            let name = match state {
                Some(State::Invited { through: Some(last) }) if *last < today => "invited, over",
                Some(State::Rejected { again, .. }) if *again > today => "rejected, cooling down",
                Some(State::Left { barred: true }) => "left, barred",
                Some(State::Suspended { by_rule: false, .. }) => "suspended by decision",
                Some(state) => state.word(),
                None => "none",
            };
            table.push_str(&format!("{name}\n"));
            for (word, act) in &acts {
                match next(state.as_ref(), act, today) {
                    Ok(after) => table.push_str(&format!("    {word} -> {}\n", after.word())),
                    Err(NotNow::State { .. }) => {}
                    Err(error) => table.push_str(&format!("    {word}: {error}\n")),
                }
            }
        }
        insta::assert_snapshot!(table);
    }
}
