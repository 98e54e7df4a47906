//! Settlement runs.
use kernel::Day;

use crate::db::Db;
use crate::error::StoreError;
use crate::statement;
use crate::value::Row;

/// A posted run: the settlement of a day (number 0) or a correction of it (1, 2, …).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    /// The program.
    pub program: String,
    /// The day.
    pub day: Day,
    /// 0 for the settlement, then counting corrections.
    pub number: i64,
    /// The policy's version.
    pub policy_version: i64,
    /// The last segment that it knew.
    pub manifest_seq: i64,
    /// The last import that it knew.
    pub catalog_seq: i64,
    /// SHA-256 over the day's segments and the policy.
    pub inputs_digest: Vec<u8>,
    /// SHA-256 over the facts of the works that it counted.
    pub facts_digest: Vec<u8>,
    /// Its work-days in the lake.
    pub work_days_path: String,
    /// SHA-256 of them as canonical CSV.
    pub work_days_digest: Vec<u8>,
    /// Its lines in the lake.
    pub lines_path: String,
    /// SHA-256 of them as canonical CSV.
    pub lines_digest: Vec<u8>,
    /// Number of lines.
    pub line_count: i64,
    /// What it paid, in ledger units; a correction may take back.
    pub paid: i64,
    /// What the day takes of the month's budget as of this run.
    pub spent: i64,
    /// Events accepted for the day as of this run.
    pub accepted: i64,
    /// When it was computed and posted.
    pub created_us: i64,
    /// When it may be shown to creators.
    pub publish_us: i64,
}

/// What was last compared with a day and found to change nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// The day.
    pub day: Day,
    /// The last run of the day at that time.
    pub number: i64,
    /// The last segment known.
    pub manifest_seq: i64,
    /// The last import known.
    pub catalog_seq: i64,
    /// SHA-256 over the day's segments and the policy.
    pub inputs_digest: Vec<u8>,
}

fn run(row: &Row) -> Result<RunRow, StoreError> {
    Ok(RunRow {
        program: row.text(0)?.to_owned(),
        day: row.parsed(1)?,
        number: row.int(2)?,
        policy_version: row.int(3)?,
        manifest_seq: row.int(4)?,
        catalog_seq: row.int(5)?,
        inputs_digest: row.blob(6)?.to_vec(),
        facts_digest: row.blob(7)?.to_vec(),
        work_days_path: row.text(8)?.to_owned(),
        work_days_digest: row.blob(9)?.to_vec(),
        lines_path: row.text(10)?.to_owned(),
        lines_digest: row.blob(11)?.to_vec(),
        line_count: row.int(12)?,
        paid: row.int(13)?,
        spent: row.int(14)?,
        accepted: row.int(15)?,
        created_us: row.int(16)?,
        publish_us: row.int(17)?,
    })
}

impl Db {
    /// Records a run.
    ///
    /// # Errors
    /// [`StoreError::Constraint`] when the run is there already.
    pub fn add_run(&mut self, run: &RunRow) -> Result<(), StoreError> {
        let values = [
            run.program.as_str().into(),
            run.day.to_string().into(),
            run.number.into(),
            run.policy_version.into(),
            run.manifest_seq.into(),
            run.catalog_seq.into(),
            run.inputs_digest.as_slice().into(),
            run.facts_digest.as_slice().into(),
            run.work_days_path.as_str().into(),
            run.work_days_digest.as_slice().into(),
            run.lines_path.as_str().into(),
            run.lines_digest.as_slice().into(),
            run.line_count.into(),
            run.paid.into(),
            run.spent.into(),
            run.accepted.into(),
            run.created_us.into(),
            run.publish_us.into(),
        ];
        self.execute(statement::RUN_ADD, &values).map(|_| ())
    }

    /// All runs of a program, by day and number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn runs(&mut self, program: &str) -> Result<Vec<RunRow>, StoreError> {
        let rows = self.query(statement::RUN_LIST, &[program.into()])?;
        rows.iter().map(run).collect()
    }

    /// Runs of some days of a program, both included, by day and number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn runs_between(
        &mut self,
        program: &str,
        (from, through): (Day, Day),
    ) -> Result<Vec<RunRow>, StoreError> {
        let values = [program.into(), from.to_string().into(), through.to_string().into()];
        self.query(statement::RUN_BETWEEN, &values)?.iter().map(run).collect()
    }

    /// Notes that a day was compared with newer inputs and did not change.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn confirm_run(&mut self, program: &str, done: &Confirmation) -> Result<(), StoreError> {
        let values = [
            program.into(),
            done.day.to_string().into(),
            done.number.into(),
            done.manifest_seq.into(),
            done.catalog_seq.into(),
            done.inputs_digest.as_slice().into(),
        ];
        self.execute(statement::RUN_CONFIRM, &values).map(|_| ())
    }

    /// All confirmations of a program.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn confirmations(&mut self, program: &str) -> Result<Vec<Confirmation>, StoreError> {
        let rows = self.query(statement::RUN_CONFIRMATIONS, &[program.into()])?;
        rows.iter()
            .map(|row| {
                Ok(Confirmation {
                    day: row.parsed(0)?,
                    number: row.int(1)?,
                    manifest_seq: row.int(2)?,
                    catalog_seq: row.int(3)?,
                    inputs_digest: row.blob(4)?.to_vec(),
                })
            })
            .collect()
    }
}
