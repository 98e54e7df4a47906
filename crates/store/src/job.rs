//! Jobs: work that is done once, by whichever process comes first, and tried again until it is.
use crate::db::Db;
use crate::error::StoreError;
use crate::statement;
use crate::value::{Row, Value};

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// Not begun, or to be tried again when it is due.
    Waiting,
    /// A worker holds it until its lease ends.
    Running,
    /// Done.
    Done,
    /// Given up; a person may put it back.
    Dead,
}

impl JobState {
    /// Every state with its word.
    pub const WORDS: [(JobState, &'static str); 4] = [
        (JobState::Waiting, "waiting"),
        (JobState::Running, "running"),
        (JobState::Done, "done"),
        (JobState::Dead, "dead"),
    ];

    /// The state's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            JobState::Waiting => "waiting",
            JobState::Running => "running",
            JobState::Done => "done",
            JobState::Dead => "dead",
        }
    }
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// Its number.
    pub seq: i64,
    /// What is to be done.
    pub kind: String,
    /// To what: a program, a delivery.
    pub subject: String,
    /// What makes it the only one of its kind.
    pub once: String,
    /// What the doing needs to know, as JSON.
    pub payload: String,
    /// Where it stands.
    pub state: JobState,
    /// How often it was begun.
    pub attempts: i64,
    /// When it is due.
    pub due_us: i64,
    /// Until when its worker holds it.
    pub lease_us: i64,
    /// Who holds it or held it last.
    pub worker: String,
    /// What came of it: an answer, or an error.
    pub result: String,
    /// When it was added.
    pub created_us: i64,
    /// When its state last changed.
    pub changed_us: i64,
}

/// Which jobs a worker does: calls to webhooks wait for strangers, and must not keep settlements
/// waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Everything but deliveries.
    Main,
    /// Deliveries.
    Deliveries,
}

/// A job to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// What is to be done.
    pub kind: &'static str,
    /// To what.
    pub subject: String,
    /// What makes it the only one of its kind: a second one with the same text is not added.
    pub once: String,
    /// What the doing needs to know, as JSON.
    pub payload: String,
    /// When it is due.
    pub due_us: i64,
}

fn job(row: &Row) -> Result<JobRow, StoreError> {
    let word = row.text(5)?;
    let state = JobState::WORDS.iter().find(|(_, known)| *known == word).map(|(state, _)| *state);
    let unknown = || StoreError::Other { message: format!("a job is in the state `{word}`") };
    Ok(JobRow {
        seq: row.int(0)?,
        kind: row.text(1)?.to_owned(),
        subject: row.text(2)?.to_owned(),
        once: row.text(3)?.to_owned(),
        payload: row.text(4)?.to_owned(),
        state: state.ok_or_else(unknown)?,
        attempts: row.int(6)?,
        due_us: row.int(7)?,
        lease_us: row.int(8)?,
        worker: row.text(9)?.to_owned(),
        result: row.text(10)?.to_owned(),
        created_us: row.int(11)?,
        changed_us: row.int(12)?,
    })
}

/// Jobs of a kind that are in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobCount {
    /// The kind.
    pub kind: String,
    /// The state's word.
    pub state: String,
    /// How many.
    pub count: i64,
    /// When the oldest of them was added.
    pub oldest_us: i64,
}

impl Db {
    /// Jobs that are not done, by kind and state.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn job_counts(&mut self) -> Result<Vec<JobCount>, StoreError> {
        let count = |row: &Row| {
            Ok(JobCount {
                kind: row.text(0)?.to_owned(),
                state: row.text(1)?.to_owned(),
                count: row.int(2)?,
                oldest_us: row.int(3)?,
            })
        };
        self.query(statement::JOB_COUNTS, &[])?.iter().map(count).collect()
    }

    /// Adds a job, in the transaction of what asks for it; gives whether it is new.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_job(&mut self, job: &NewJob, now_us: i64) -> Result<bool, StoreError> {
        let values = [
            job.kind.into(),
            job.subject.as_str().into(),
            job.once.as_str().into(),
            job.payload.as_str().into(),
            job.due_us.into(),
            now_us.into(),
        ];
        Ok(self.execute(statement::JOB_ADD, &values)? > 0)
    }

    /// Whether a job is due now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn due_job(&mut self, lane: Lane, now_us: i64) -> Result<Option<JobRow>, StoreError> {
        let deliveries = i64::from(lane == Lane::Deliveries);
        self.query(statement::JOB_DUE, &[now_us.into(), deliveries.into()])?
            .first()
            .map(job)
            .transpose()
    }

    /// Gives the next job that is due to a worker, until `lease_us`. Call it within [`Db::write`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn claim_job(
        &mut self,
        lane: Lane,
        worker: &str,
        lease_us: i64,
        now_us: i64,
    ) -> Result<Option<JobRow>, StoreError> {
        let Some(mut job) = self.due_job(lane, now_us)? else { return Ok(None) };
        let values = [job.seq.into(), lease_us.into(), worker.into(), now_us.into()];
        self.execute(statement::JOB_CLAIM, &values)?;
        job.attempts += 1;
        job.state = JobState::Running;
        Ok(Some(job))
    }

    /// Extends a worker's lease; `false` when the job is no longer its own.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn extend_job(
        &mut self,
        seq: i64,
        worker: &str,
        lease_us: i64,
    ) -> Result<bool, StoreError> {
        let values = [seq.into(), worker.into(), lease_us.into()];
        Ok(self.execute(statement::JOB_EXTEND, &values)? > 0)
    }

    /// Ends a worker's attempt; `false` when the job is no longer its own.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn finish_job(
        &mut self,
        (seq, worker): (i64, &str),
        state: JobState,
        due_us: i64,
        result: &str,
        now_us: i64,
    ) -> Result<bool, StoreError> {
        let values = [
            seq.into(),
            worker.into(),
            state.word().into(),
            due_us.into(),
            result.into(),
            now_us.into(),
        ];
        Ok(self.execute(statement::JOB_FINISH, &values)? > 0)
    }

    /// Puts a dead job back; `false` when it is not dead.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn replay_job(&mut self, seq: i64, now_us: i64) -> Result<bool, StoreError> {
        Ok(self.execute(statement::JOB_REPLAY, &[seq.into(), now_us.into()])? > 0)
    }

    /// A job.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn job(&mut self, seq: i64) -> Result<Option<JobRow>, StoreError> {
        self.query(statement::JOB_GET, &[seq.into()])?.first().map(job).transpose()
    }

    /// A job by what makes it the only one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn find_job(&mut self, once: &str) -> Result<Option<JobRow>, StoreError> {
        self.query(statement::JOB_FIND, &[once.into()])?.first().map(job).transpose()
    }

    /// Jobs before a number, newest first, of one state if one is named.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn jobs_page(
        &mut self,
        before: i64,
        state: Option<JobState>,
        limit: i64,
    ) -> Result<Vec<JobRow>, StoreError> {
        let state = Value::from(state.map_or("", JobState::word));
        let rows = self.query(statement::JOB_PAGE, &[before.into(), state, limit.into()])?;
        rows.iter().map(job).collect()
    }

    /// Jobs of a kind for a subject, before a number, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn jobs_of(
        &mut self,
        kind: &str,
        subject: &str,
        before: i64,
        limit: i64,
    ) -> Result<Vec<JobRow>, StoreError> {
        let values = [kind.into(), subject.into(), before.into(), limit.into()];
        self.query(statement::JOB_OF_SUBJECT, &values)?.iter().map(job).collect()
    }

    /// Forgets jobs that were done before an instant.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn forget_jobs(&mut self, before_us: i64) -> Result<u64, StoreError> {
        self.execute(statement::JOB_FORGET, &[before_us.into()])
    }
}
