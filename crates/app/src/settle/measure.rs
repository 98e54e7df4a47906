//! Measuring a settlement that is not posted: for benchmarks.
use settlement::settle_day;

use super::Through;
use super::state::State;
use crate::error::Error;
use crate::programs;
use crate::workspace::Stipend;

/// One measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// Events read.
    pub events: u64,
    /// Microseconds to decode the columns of all events and do nothing with them.
    pub decode_us: u64,
    /// Microseconds from sealed segments and a loaded catalog to scored work-days and the amounts
    /// of every creator and day.
    pub settle_us: u64,
    /// Work-days counted.
    pub work_days: u64,
}

/// Settles everything without posting it, and says how long that took. `timer` gives microseconds
/// that only grow.
///
/// # Errors
/// As [`super::settle`].
pub fn measure(
    stipend: &mut Stipend,
    program: Option<&str>,
    now_us: i64,
    timer: &dyn Fn() -> u64,
) -> Result<Measured, Error> {
    let versions = programs::versions(stipend, program)?;
    let mut state = State::load(stipend, versions)?;
    state.runs.clear();
    let Some(plan) = state.plan(Through::Latest, now_us)? else {
        return Err(Error::Refused("there are no events to settle".to_owned()));
    };
    let before = timer();
    let events = crate::metering::decode(&stipend.lake(), &state.segments, stipend.threads)?;
    let decode_us = timer() - before;
    let before = timer();
    let work = state.work(stipend, plan.targets, &plan.open)?;
    let mut work_days = 0;
    for group in &work.groups {
        let counted = state.count_group(stipend, &work, group)?;
        let days = counted.each_day(|day, scores, _| {
            let creators = scores.creators(&state.directory);
            settle_day(&state.version_of(day)?.policy, &creators, 0)?;
            Ok(kernel::cast::wide(scores.scored.iter().map(Vec::len).sum()))
        })?;
        work_days += days.into_iter().map(|(_, count)| count).sum::<u64>();
    }
    let settle_us = timer() - before;
    Ok(Measured { events, decode_us, settle_us, work_days })
}
