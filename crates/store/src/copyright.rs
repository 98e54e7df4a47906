//! Copyright claims, and what they took of days.
use kernel::{Day, Ppm};

use crate::db::Db;
use crate::error::StoreError;
use crate::statement;
use crate::value::{Row, Value};

/// A copyright claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyrightRow {
    /// Its number.
    pub seq: i64,
    /// The work.
    pub work: String,
    /// Whose the work was when it was claimed.
    pub creator: String,
    /// Who says that it is his.
    pub claimant: String,
    /// How much of it.
    pub share: Ppm,
    /// Of which day on.
    pub from: Day,
    /// Where it is: a word.
    pub state: String,
    /// What the claimant says.
    pub words: String,
    /// What the creator says against it; empty while he said nothing.
    pub objection: String,
    /// Who filed it.
    pub filed_by: String,
    /// Who decided; empty before.
    pub decided_by: String,
    /// When.
    pub decided_us: Option<i64>,
    /// The answer in words.
    pub answer: String,
    /// Whether people were told that it is old.
    pub told: bool,
    /// When it was filed.
    pub created_us: i64,
    /// When it was changed last.
    pub changed_us: i64,
}

/// What a claim took of a day more, or less, than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyrightPartRow {
    /// The claim.
    pub claim: i64,
    /// The program that pays.
    pub program: String,
    /// The day.
    pub day: Day,
    /// The run through which it was computed; -1 when the claim was filed.
    pub number: i64,
    /// The asset.
    pub asset: String,
    /// Ledger units; below nought where a correction made the part smaller.
    pub amount: i64,
    /// When.
    pub recorded_us: i64,
}

fn claim(row: &Row) -> Result<CopyrightRow, StoreError> {
    Ok(CopyrightRow {
        seq: row.int(0)?,
        work: row.text(1)?.to_owned(),
        creator: row.text(2)?.to_owned(),
        claimant: row.text(3)?.to_owned(),
        share: Ppm::of(u32::try_from(row.int(4)?).unwrap_or(0)),
        from: row.parsed(5)?,
        state: row.text(6)?.to_owned(),
        words: row.text(7)?.to_owned(),
        objection: row.text(8)?.to_owned(),
        filed_by: row.text(9)?.to_owned(),
        decided_by: row.text(10)?.to_owned(),
        decided_us: row.maybe_int(11)?,
        answer: row.text(12)?.to_owned(),
        told: row.int(13)? != 0,
        created_us: row.int(14)?,
        changed_us: row.int(15)?,
    })
}

fn part(row: &Row) -> Result<CopyrightPartRow, StoreError> {
    Ok(CopyrightPartRow {
        claim: row.int(0)?,
        program: row.text(1)?.to_owned(),
        day: row.parsed(2)?,
        number: row.int(3)?,
        asset: row.text(4)?.to_owned(),
        amount: row.int(5)?,
        recorded_us: row.int(6)?,
    })
}

impl Db {
    /// Files a claim; gives its number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_copyright(&mut self, one: &CopyrightRow) -> Result<i64, StoreError> {
        let text = |text: &str| -> Value { text.into() };
        let values = [
            text(&one.work),
            text(&one.creator),
            text(&one.claimant),
            i64::from(one.share.parts()).into(),
            text(&one.from.to_string()),
            text(&one.state),
            text(&one.words),
            text(&one.objection),
            text(&one.filed_by),
            text(&one.decided_by),
            one.decided_us.into(),
            text(&one.answer),
            i64::from(one.told).into(),
            one.created_us.into(),
            one.changed_us.into(),
        ];
        self.execute(statement::COPYRIGHT_ADD, &values)?;
        self.number(statement::COPYRIGHT_LAST)
    }

    /// A claim.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn copyright(&mut self, seq: i64) -> Result<Option<CopyrightRow>, StoreError> {
        self.query(statement::COPYRIGHT_GET, &[seq.into()])?.first().map(claim).transpose()
    }

    /// Claims after a number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn copyrights(&mut self, after: i64, limit: i64) -> Result<Vec<CopyrightRow>, StoreError> {
        let rows = self.query(statement::COPYRIGHT_PAGE, &[after.into(), limit.into()])?;
        rows.iter().map(claim).collect()
    }

    /// Claims on a creator's works and by him, after a number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn copyrights_of(
        &mut self,
        creator: &str,
        after: i64,
        limit: i64,
    ) -> Result<Vec<CopyrightRow>, StoreError> {
        let values = [creator.into(), after.into(), limit.into()];
        self.query(statement::COPYRIGHT_OF_CREATOR, &values)?.iter().map(claim).collect()
    }

    /// Claims on a creator's works that are open or upheld.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn standing_copyrights_of(
        &mut self,
        creator: &str,
    ) -> Result<Vec<CopyrightRow>, StoreError> {
        let rows = self.query(statement::COPYRIGHT_STANDING_OF, &[creator.into()])?;
        rows.iter().map(claim).collect()
    }

    /// Claims that are open or upheld and reach back to a day.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn standing_copyrights(&mut self, day: Day) -> Result<Vec<CopyrightRow>, StoreError> {
        let rows = self.query(statement::COPYRIGHT_STANDING, &[day.to_string().as_str().into()])?;
        rows.iter().map(claim).collect()
    }

    /// Open claims filed by a time, of which nobody was told that they are old.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn old_copyrights(&mut self, before_us: i64) -> Result<Vec<CopyrightRow>, StoreError> {
        self.query(statement::COPYRIGHT_OLD, &[before_us.into()])?.iter().map(claim).collect()
    }

    /// How many claims were filed in a time, and how many ended in which state.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn copyrights_between(
        &mut self,
        from_us: i64,
        to_us: i64,
    ) -> Result<Vec<(String, i64)>, StoreError> {
        let rows = self.query(statement::COPYRIGHT_BETWEEN, &[from_us.into(), to_us.into()])?;
        rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?))).collect()
    }

    /// Keeps a claim as it is now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn change_copyright(&mut self, one: &CopyrightRow) -> Result<(), StoreError> {
        let values = [
            one.seq.into(),
            one.state.as_str().into(),
            one.objection.as_str().into(),
            one.decided_by.as_str().into(),
            one.decided_us.into(),
            one.answer.as_str().into(),
            i64::from(one.told).into(),
            one.changed_us.into(),
        ];
        self.execute(statement::COPYRIGHT_SET, &values).map(|_| ())
    }

    /// Notes what a claim takes of a day, more or less than before.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] when it is noted for that run.
    pub fn add_copyright_part(&mut self, one: &CopyrightPartRow) -> Result<(), StoreError> {
        let day = one.day.to_string();
        let values = [
            one.claim.into(),
            one.program.as_str().into(),
            day.as_str().into(),
            one.number.into(),
            one.asset.as_str().into(),
            one.amount.into(),
            one.recorded_us.into(),
        ];
        self.execute(statement::COPYRIGHT_PART_ADD, &values).map(|_| ())
    }

    /// What a claim took, by program and day.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn copyright_parts(&mut self, claim: i64) -> Result<Vec<CopyrightPartRow>, StoreError> {
        self.query(statement::COPYRIGHT_PART_OF, &[claim.into()])?.iter().map(part).collect()
    }

    /// What claims took of a day of a program, by claim.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn copyright_parts_of_day(
        &mut self,
        program: &str,
        day: Day,
    ) -> Result<Vec<CopyrightPartRow>, StoreError> {
        let values = [program.into(), day.to_string().into()];
        self.query(statement::COPYRIGHT_PART_OF_DAY, &values)?.iter().map(part).collect()
    }
}
