//! Memberships, step by step, and the reviews of applications.
use kernel::Day;

use crate::db::Db;
use crate::error::StoreError;
use crate::statement;
use crate::value::{Row, Value};

/// How a creator stands to a program: the last step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipRow {
    /// The program.
    pub program: String,
    /// The creator.
    pub creator: String,
    /// The state's word.
    pub state: String,
    /// From which day on.
    pub day: Day,
    /// The state's facts, JSON.
    pub facts: String,
    /// The number of the step.
    pub seq: i64,
}

impl MembershipRow {
    /// Whether he is a member, be it one who earns nothing for now.
    #[must_use]
    pub fn is_in(&self) -> bool {
        self.state == "approved" || self.state == "suspended"
    }
}

/// A step of a membership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRow {
    /// What came of it.
    pub after: MembershipRow,
    /// Who did it.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// When.
    pub recorded_us: i64,
}

/// A review of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRow {
    /// Its number.
    pub seq: i64,
    /// The program.
    pub program: String,
    /// Who applied.
    pub creator: String,
    /// `waiting`, `claimed` or `decided`.
    pub state: String,
    /// More presses more.
    pub priority: i64,
    /// When an answer is due.
    pub due_us: i64,
    /// When it is moved to the front.
    pub escalate_us: i64,
    /// 0; 1 when it was moved to the front; 2 when it was told that it is overdue.
    pub escalated: i64,
    /// How many people must agree.
    pub second: bool,
    /// Who has it; empty for nobody.
    pub claimed_by: String,
    /// Since when.
    pub claimed_us: Option<i64>,
    /// The works to be graded, JSON.
    pub works: String,
    /// When it was opened.
    pub created_us: i64,
    /// When it was decided.
    pub decided_us: Option<i64>,
}

/// What a reviewer found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpinionRow {
    /// The review.
    pub review: i64,
    /// Who.
    pub reviewer: String,
    /// `approve` or `reject`.
    pub verdict: String,
    /// Codes, JSON.
    pub reasons: String,
    /// Grades by work and criterion, JSON.
    pub grades: String,
    /// In his words.
    pub remark: String,
    /// When.
    pub recorded_us: i64,
}

fn membership(row: &Row, from: usize) -> Result<MembershipRow, StoreError> {
    Ok(MembershipRow {
        program: row.text(from)?.to_owned(),
        creator: row.text(from + 1)?.to_owned(),
        state: row.text(from + 2)?.to_owned(),
        day: row.parsed(from + 3)?,
        facts: row.text(from + 4)?.to_owned(),
        seq: 0,
    })
}

fn held(row: &Row) -> Result<MembershipRow, StoreError> {
    Ok(MembershipRow { seq: row.int(5)?, ..membership(row, 0)? })
}

fn step(row: &Row) -> Result<StepRow, StoreError> {
    Ok(StepRow {
        after: MembershipRow { seq: row.int(0)?, ..membership(row, 1)? },
        actor: row.text(6)?.to_owned(),
        reason: row.text(7)?.to_owned(),
        recorded_us: row.int(8)?,
    })
}

fn review(row: &Row) -> Result<ReviewRow, StoreError> {
    Ok(ReviewRow {
        seq: row.int(0)?,
        program: row.text(1)?.to_owned(),
        creator: row.text(2)?.to_owned(),
        state: row.text(3)?.to_owned(),
        priority: row.int(4)?,
        due_us: row.int(5)?,
        escalate_us: row.int(6)?,
        escalated: row.int(7)?,
        second: row.int(8)? != 0,
        claimed_by: row.text(9)?.to_owned(),
        claimed_us: row.maybe_int(10)?,
        works: row.text(11)?.to_owned(),
        created_us: row.int(12)?,
        decided_us: row.maybe_int(13)?,
    })
}

impl Db {
    /// Adds a step of a membership; its own number is not read. Gives its number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_step(&mut self, one: &StepRow) -> Result<i64, StoreError> {
        let after = &one.after;
        let day = after.day.to_string();
        let values = [
            after.program.as_str().into(),
            after.creator.as_str().into(),
            after.state.as_str().into(),
            day.as_str().into(),
            after.facts.as_str().into(),
            one.actor.as_str().into(),
            one.reason.as_str().into(),
            one.recorded_us.into(),
        ];
        self.execute(statement::MEMBERSHIP_ADD, &values)?;
        let seq = self.last_step()?;
        let values = [
            after.program.as_str().into(),
            after.creator.as_str().into(),
            after.state.as_str().into(),
            day.as_str().into(),
            after.facts.as_str().into(),
            seq.into(),
        ];
        self.execute(statement::MEMBERSHIP_SET, &values)?;
        Ok(seq)
    }

    /// The number of the last step of any membership.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn last_step(&mut self) -> Result<i64, StoreError> {
        self.number(statement::MEMBERSHIP_LAST)
    }

    /// How a creator stands to a program.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn membership(
        &mut self,
        program: &str,
        creator: &str,
    ) -> Result<Option<MembershipRow>, StoreError> {
        let rows = self.query(statement::MEMBERSHIP_GET, &[program.into(), creator.into()])?;
        rows.first().map(held).transpose()
    }

    /// How a creator stands to all programs.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn memberships_of(&mut self, creator: &str) -> Result<Vec<MembershipRow>, StoreError> {
        let rows = self.query(statement::MEMBERSHIP_OF_CREATOR, &[creator.into()])?;
        rows.iter().map(held).collect()
    }

    /// Creators of a program after one, of a state or, if that is empty, of any.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn memberships_page(
        &mut self,
        program: &str,
        state: &str,
        after: &str,
        limit: i64,
    ) -> Result<Vec<MembershipRow>, StoreError> {
        let values = [program.into(), state.into(), after.into(), limit.into()];
        self.query(statement::MEMBERSHIP_PAGE, &values)?.iter().map(held).collect()
    }

    /// How all creators stand to a program.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn memberships(&mut self, program: &str) -> Result<Vec<MembershipRow>, StoreError> {
        self.query(statement::MEMBERSHIP_ALL, &[program.into()])?.iter().map(held).collect()
    }

    /// How many members a program has, those that are suspended included.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn count_members(&mut self, program: &str) -> Result<i64, StoreError> {
        let rows = self.query(statement::MEMBERSHIP_COUNT, &[program.into()])?;
        rows.first().map_or(Ok(0), |row| row.int(0))
    }

    /// The steps of one membership.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn steps(&mut self, program: &str, creator: &str) -> Result<Vec<StepRow>, StoreError> {
        let rows = self.query(statement::MEMBERSHIP_HISTORY, &[program.into(), creator.into()])?;
        rows.iter().map(step).collect()
    }

    /// Tells creator, state and instant of each step of a program's memberships, those of one
    /// creator together and in order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn each_step(
        &mut self,
        program: &str,
        tell: &mut dyn FnMut(&str, &str, i64),
    ) -> Result<(), StoreError> {
        self.each(statement::MEMBERSHIP_EVENTS, &[program.into()], &mut |row| {
            tell(row.text(0)?, row.text(1)?, row.int(2)?);
            Ok(())
        })
    }

    /// Opens a review; gives its number. Its state is `waiting`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_review(&mut self, one: &ReviewRow) -> Result<i64, StoreError> {
        let values = [
            one.program.as_str().into(),
            one.creator.as_str().into(),
            one.priority.into(),
            one.due_us.into(),
            one.escalate_us.into(),
            i64::from(one.second).into(),
            one.works.as_str().into(),
            one.created_us.into(),
        ];
        self.execute(statement::REVIEW_ADD, &values)?;
        self.number(statement::REVIEW_LAST)
    }

    /// A review.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn review(&mut self, seq: i64) -> Result<Option<ReviewRow>, StoreError> {
        self.query(statement::REVIEW_GET, &[seq.into()])?.first().map(review).transpose()
    }

    /// The open review of a creator's application.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn open_review(
        &mut self,
        program: &str,
        creator: &str,
    ) -> Result<Option<ReviewRow>, StoreError> {
        let rows = self.query(statement::REVIEW_OPEN_OF, &[program.into(), creator.into()])?;
        rows.first().map(review).transpose()
    }

    /// Open reviews, the most pressing first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn review_queue(&mut self, limit: i64) -> Result<Vec<ReviewRow>, StoreError> {
        self.query(statement::REVIEW_QUEUE, &[limit.into()])?.iter().map(review).collect()
    }

    /// Reviews after a number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn reviews(&mut self, after: i64, limit: i64) -> Result<Vec<ReviewRow>, StoreError> {
        let rows = self.query(statement::REVIEW_PAGE, &[after.into(), limit.into()])?;
        rows.iter().map(review).collect()
    }

    /// Open reviews that are to be moved to the front, or are overdue and nobody was told.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn late_reviews(&mut self, now_us: i64) -> Result<Vec<ReviewRow>, StoreError> {
        self.query(statement::REVIEW_LATE, &[now_us.into()])?.iter().map(review).collect()
    }

    /// Keeps a review as it is now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn change_review(&mut self, one: &ReviewRow) -> Result<(), StoreError> {
        let values = [
            one.seq.into(),
            one.state.as_str().into(),
            one.priority.into(),
            one.escalated.into(),
            i64::from(one.second).into(),
            one.claimed_by.as_str().into(),
            one.claimed_us.into(),
            one.decided_us.into(),
        ];
        self.execute(statement::REVIEW_SET, &values).map(|_| ())
    }

    /// Adds what a reviewer found.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] `opinion_reviewer` when he said so before.
    pub fn add_opinion(&mut self, one: &OpinionRow) -> Result<(), StoreError> {
        let values = [
            one.review.into(),
            one.reviewer.as_str().into(),
            one.verdict.as_str().into(),
            one.reasons.as_str().into(),
            one.grades.as_str().into(),
            one.remark.as_str().into(),
            one.recorded_us.into(),
        ];
        self.execute(statement::OPINION_ADD, &values).map(|_| ())
    }

    /// What reviewers found, in order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn opinions(&mut self, review: i64) -> Result<Vec<OpinionRow>, StoreError> {
        let rows = self.query(statement::OPINION_OF_REVIEW, &[review.into()])?;
        let opinion = |row: &Row| {
            Ok(OpinionRow {
                review: row.int(0)?,
                reviewer: row.text(1)?.to_owned(),
                verdict: row.text(2)?.to_owned(),
                reasons: row.text(3)?.to_owned(),
                grades: row.text(4)?.to_owned(),
                remark: row.text(5)?.to_owned(),
                recorded_us: row.int(6)?,
            })
        };
        rows.iter().map(opinion).collect()
    }

    /// The first two verdicts of a program's reviews that two people saw.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn seen_twice(&mut self, program: &str) -> Result<Vec<(String, String)>, StoreError> {
        let rows = self.query(statement::OPINION_SEEN_TWICE, &[program.into()])?;
        rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))).collect()
    }

    /// Puts a calendar in the place of the one that was there: day, mark and name of each row.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn set_calendar(
        &mut self,
        calendar: &str,
        days: &[(Day, String, String)],
    ) -> Result<(), StoreError> {
        self.execute(statement::CALENDAR_REMOVE, &[calendar.into()])?;
        for (day, mark, name) in days {
            let day = day.to_string();
            let values: [Value; 4] =
                [calendar.into(), day.as_str().into(), mark.as_str().into(), name.as_str().into()];
            self.execute(statement::CALENDAR_ADD, &values)?;
        }
        Ok(())
    }

    /// The marked days of a calendar.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn calendar(&mut self, calendar: &str) -> Result<Vec<(Day, String, String)>, StoreError> {
        let rows = self.query(statement::CALENDAR_LIST, &[calendar.into()])?;
        let day =
            |row: &Row| Ok((row.parsed(1)?, row.text(2)?.to_owned(), row.text(3)?.to_owned()));
        rows.iter().map(day).collect()
    }

    /// Names of calendars, with how many days each marks, the first and the last.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn calendars(&mut self) -> Result<Vec<(String, i64, Day, Day)>, StoreError> {
        let rows = self.query(statement::CALENDAR_NAMES, &[])?;
        let one =
            |row: &Row| Ok((row.text(0)?.to_owned(), row.int(1)?, row.parsed(2)?, row.parsed(3)?));
        rows.iter().map(one).collect()
    }
}
