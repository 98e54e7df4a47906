//! What creators' days were made of.
use kernel::Day;

use crate::bulk::Bulk;
use crate::db::Db;
use crate::error::StoreError;
use crate::statement;
use crate::value::{Row, Value};

/// A creator's day in a run. Scores are in millionths of a view, amounts in ledger units.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreatorDayRow {
    /// The creator.
    pub creator: String,
    /// 0 for the settlement, then counting corrections; -1 for an estimate.
    pub number: i64,
    /// Qualified views.
    pub views: i64,
    /// Views by the weight of their viewers.
    pub weighted: i64,
    /// Interactions that count beside them, weighted.
    pub interactions: i64,
    /// Views and interactions times quality and originality.
    pub graded: i64,
    /// The score.
    pub score: i64,
    /// Effective likes, favourites, comments, shares, follows.
    pub effective: [i64; 5],
    /// Events accepted.
    pub accepted: i64,
    /// Works with events.
    pub works: i64,
    /// What all creators earned of the day together.
    pub pool: i64,
    /// The score of all of them.
    pub all_score: i64,
    /// The rate for a thousand views; 0 where there is a pool.
    pub rate: i64,
    /// Earned by pool or rate.
    pub earned: i64,
    /// Paid of it.
    pub paid: i64,
    /// What this run changed.
    pub amount: i64,
    /// Why less than earned was paid, if so.
    pub reason: String,
    /// When the row was made.
    pub recorded_us: i64,
}

impl Bulk {
    pub(crate) const CREATOR_DAYS: Bulk = Bulk {
        table: "creator_day",
        columns: &[
            "program",
            "creator",
            "day",
            "number",
            "views",
            "weighted",
            "interactions",
            "graded",
            "score",
            "likes",
            "favorites",
            "comments",
            "shares",
            "follows",
            "accepted",
            "works",
            "pool",
            "all_score",
            "rate",
            "earned",
            "paid",
            "amount",
            "reason",
            "recorded_us",
        ],
    };
}

fn creator_day(row: &Row) -> Result<(Day, CreatorDayRow), StoreError> {
    let mut effective = [0; 5];
    for (place, count) in effective.iter_mut().enumerate() {
        *count = row.int(9 + place)?;
    }
    let found = CreatorDayRow {
        creator: row.text(1)?.to_owned(),
        number: row.int(3)?,
        views: row.int(4)?,
        weighted: row.int(5)?,
        interactions: row.int(6)?,
        graded: row.int(7)?,
        score: row.int(8)?,
        effective,
        accepted: row.int(14)?,
        works: row.int(15)?,
        pool: row.int(16)?,
        all_score: row.int(17)?,
        rate: row.int(18)?,
        earned: row.int(19)?,
        paid: row.int(20)?,
        amount: row.int(21)?,
        reason: row.text(22)?.to_owned(),
        recorded_us: row.int(23)?,
    };
    Ok((row.parsed(2)?, found))
}

impl Db {
    /// Adds creators' days of a run.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_creator_days(
        &mut self,
        program: &str,
        day: Day,
        rows: &[CreatorDayRow],
    ) -> Result<(), StoreError> {
        let day = day.to_string();
        let rows = rows.iter().map(|one| {
            let mut values: Vec<Value> = vec![
                program.into(),
                one.creator.as_str().into(),
                day.as_str().into(),
                one.number.into(),
                one.views.into(),
                one.weighted.into(),
                one.interactions.into(),
                one.graded.into(),
                one.score.into(),
            ];
            values.extend(one.effective.iter().map(|count| Value::from(*count)));
            values.extend([
                one.accepted.into(),
                one.works.into(),
                one.pool.into(),
                one.all_score.into(),
                one.rate.into(),
                one.earned.into(),
                one.paid.into(),
                one.amount.into(),
                one.reason.as_str().into(),
                one.recorded_us.into(),
            ]);
            values
        });
        self.append(Bulk::CREATOR_DAYS, rows)
    }

    /// A creator's days of a program in a time, run by run.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn creator_days(
        &mut self,
        program: &str,
        creator: &str,
        (from, through): (Day, Day),
    ) -> Result<Vec<(Day, CreatorDayRow)>, StoreError> {
        let (from, through) = (from.to_string(), through.to_string());
        let values =
            [program.into(), creator.into(), from.as_str().into(), through.as_str().into()];
        let rows = self.query(statement::CREATOR_DAY_OF_CREATOR, &values)?;
        rows.iter().map(creator_day).collect()
    }

    /// All creators of a settled day, run by run.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn creators_of_day(
        &mut self,
        program: &str,
        day: Day,
    ) -> Result<Vec<CreatorDayRow>, StoreError> {
        let day = day.to_string();
        let rows =
            self.query(statement::CREATOR_DAY_OF_DAY, &[program.into(), day.as_str().into()])?;
        rows.iter().map(|row| Ok(creator_day(row)?.1)).collect()
    }

    /// How many creators' days a run has.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn count_creator_days(
        &mut self,
        program: &str,
        day: Day,
        number: i64,
    ) -> Result<i64, StoreError> {
        let day = day.to_string();
        let values = [program.into(), day.as_str().into(), number.into()];
        let rows = self.query(statement::CREATOR_DAY_COUNT, &values)?;
        rows.first().map_or(Ok(0), |row| row.int(0))
    }

    /// Forgets creators' days of a program: they are made again of what runs left in the lake.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn forget_creator_days(&mut self, program: &str) -> Result<(), StoreError> {
        self.execute(statement::CREATOR_DAY_FORGET, &[program.into()]).map(|_| ())
    }

    /// Forgets the estimate of a day.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn forget_estimate(&mut self, program: &str, day: Day) -> Result<(), StoreError> {
        let day = day.to_string();
        let values = [program.into(), day.as_str().into()];
        self.execute(statement::CREATOR_DAY_FORGET_ESTIMATE, &values).map(|_| ())
    }

    /// Forgets estimates of days before one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn forget_estimates(&mut self, before: Day) -> Result<(), StoreError> {
        let before = before.to_string();
        self.execute(statement::CREATOR_DAY_FORGET_OLD, &[before.as_str().into()]).map(|_| ())
    }
}
