//! Settling: days that are over and not posted get their run; posted days whose inputs changed get
//! a correction; a posted day is never rewritten (I8).
mod backtest;
mod count;
mod measure;
mod post;
mod remedy;
mod state;

use std::collections::BTreeMap;

use kernel::{Day, cast};
use program::Reward;

use crate::error::Error;
use crate::failpoint;
use crate::intake;
use crate::programs;
use crate::workspace::Stipend;

pub use backtest::{Backtest, TestedCreator, TestedDay, TestedEntry, backtest};
pub(crate) use count::one_day;
pub use measure::{Measured, measure};
pub(crate) use remedy::{Struck, Took, estimate, took};
use state::State;

/// How far to settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Through {
    /// Through a day.
    Day(Day),
    /// Through the last day that is over and has events.
    Latest,
}

/// A run that was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The day.
    pub day: Day,
    /// 0 for the settlement, then counting corrections.
    pub number: i64,
    /// Events accepted for the day.
    pub accepted: i64,
    /// Qualified views.
    pub qualified: i64,
    /// Lines.
    pub lines: usize,
    /// Ledger units paid by this run.
    pub paid: i64,
    /// SHA-256 of the lines as canonical CSV, in hex.
    pub lines_digest: String,
    /// When the earnings may be shown.
    pub publish_us: i64,
}

/// What a settlement did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The program.
    pub program: String,
    /// Runs posted, corrections first.
    pub posted: Vec<Posted>,
    /// Days that were counted again and whose lines stand as they are.
    pub confirmed: Vec<Day>,
    /// Posted days with late events that lie before the correction window: left as they are.
    pub closed: Vec<Day>,
}

/// Told what settling is at: a word and how far, of how much.
pub type Progress<'a> = &'a mut dyn FnMut(&str, u64, u64);

/// Settles a program through a day.
///
/// # Errors
/// [`Error::Refused`] when the day is not over or the program settles nothing yet.
pub fn settle(
    stipend: &mut Stipend,
    program: Option<&str>,
    through: Through,
    now_us: i64,
    progress: Progress<'_>,
) -> Result<Report, Error> {
    intake::seal(stipend, now_us)?;
    let versions = programs::versions(stipend, program)?;
    if versions.last().is_some_and(|last| last.policy.reward == Reward::Nothing) {
        let text = "the program pays nothing of its own: it has no days to settle";
        return Err(Error::Refused(text.to_owned()));
    }
    let mut state = State::load(stipend, versions)?;
    let Some(plan) = state.plan(through, now_us)? else {
        return Ok(Report { program: state.name, ..Report::default() });
    };
    if plan.targets.is_empty() {
        return Ok(Report { program: state.name, closed: plan.closed, ..Report::default() });
    }
    progress("looking for copies", 0, cast::wide(plan.targets.len()));
    let work = state.work(stipend, plan.targets, &plan.open)?;
    let mut report =
        Report { program: state.name.clone(), closed: plan.closed, ..Report::default() };
    let all = work.groups.iter().map(|group| cast::wide(group.days.len())).sum();
    let mut done = 0;
    // Corrections, and settlements of days between posted ones, are posted together.
    let last = state.runs.keys().next_back().copied();
    let posted = |group: &&count::Group| group.days.iter().any(|day| Some(*day) <= last);
    let mut counted = BTreeMap::new();
    for group in work.groups.iter().filter(posted) {
        progress("counting", done, all);
        counted.extend(state.count(stipend, &work, group)?);
        done += cast::wide(group.days.len());
    }
    failpoint::reach("settle:metered");
    state.post_corrections(stipend, &counted, now_us, &mut report)?;
    for (day, counts) in counted {
        if !state.is_posted(day) {
            state.post_new(stipend, day, &counts, now_us, &mut report)?;
        }
    }
    for group in work.groups.iter().filter(|group| !posted(group)) {
        progress("counting and posting", done, all);
        for (day, counts) in state.count(stipend, &work, group)? {
            state.post_new(stipend, day, &counts, now_us, &mut report)?;
            failpoint::reach("settle:between-days");
        }
        done += cast::wide(group.days.len());
    }
    Ok(report)
}
