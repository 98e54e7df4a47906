//! How the work stands: what a monitoring system asks for.
use store::JobCount;

use crate::error::Error;
use crate::jobs::{self, Checked};
use crate::programs;
use crate::workspace::Stipend;

/// How a program's settlement stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramState {
    /// The program.
    pub program: String,
    /// Events of the log that its last run did not know yet.
    pub unsettled_events: i64,
    /// When its last run was posted.
    pub last_run_us: Option<i64>,
    /// Days that are due and not settled.
    pub overdue_days: usize,
}

/// How the work stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// Events that are taken in and not sealed.
    pub waiting_events: i64,
    /// When the oldest of them came.
    pub waiting_since_us: Option<i64>,
    /// Events of the log.
    pub sealed_events: i64,
    /// Each program.
    pub programs: Vec<ProgramState>,
    /// Jobs that are not done.
    pub jobs: Vec<JobCount>,
    /// The last check of the ledger.
    pub checked: Option<Checked>,
}

/// Reads how the work stands.
///
/// # Errors
/// When the database cannot be read.
pub fn read(stipend: &mut Stipend, now_us: i64) -> Result<State, Error> {
    let (waiting_events, waiting_since_us) = stipend.db.intake_waiting()?;
    let segments = stipend.db.segments()?;
    let overdue = jobs::overdue(stipend, now_us)?;
    let mut names: Vec<String> =
        programs::all(stipend)?.into_iter().map(|version| version.row.program).collect();
    names.sort();
    names.dedup();
    let mut states = Vec::new();
    for program in names {
        let runs = stipend.db.runs(&program)?;
        let known = runs.iter().map(|run| run.manifest_seq).max().unwrap_or(0);
        let unknown = segments.iter().filter(|segment| segment.seq > known);
        states.push(ProgramState {
            unsettled_events: unknown.map(|segment| segment.rows).sum(),
            last_run_us: runs.iter().map(|run| run.created_us).max(),
            overdue_days: overdue.iter().filter(|late| late.program == program).count(),
            program,
        });
    }
    Ok(State {
        waiting_events,
        waiting_since_us,
        sealed_events: segments.iter().map(|segment| segment.rows).sum(),
        programs: states,
        jobs: stipend.db.job_counts()?,
        checked: jobs::last_check(&mut stipend.db)?,
    })
}
