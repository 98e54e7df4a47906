//! Hidden commands that measure: for `cargo xtask bench`.
use std::time::Instant;

use app::{Error, settle};
use kernel::Day;
use serde_json::json;

use crate::commands::{Call, open};
use crate::talk::say;

/// Microseconds since an instant.
fn since(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// Settles everything without posting it.
pub(crate) fn settling(call: &Call, runs: u32, now_us: i64) -> Result<(), Error> {
    let start = Instant::now();
    let timer = || since(start);
    let mut stipend = open(call)?;
    for _ in 0..runs {
        let done = settle::measure(&mut stipend, None, now_us, &timer)?;
        say(&json!({ "events": done.events, "decode_us": done.decode_us,
                     "settle_us": done.settle_us, "work_days": done.work_days })
        .to_string());
    }
    Ok(())
}

/// Writes what a server would write, in a bare loop.
pub(crate) fn bare_loop(
    call: &Call,
    what: &str,
    count: i64,
    group: i64,
    now_us: i64,
) -> Result<(), Error> {
    let start = Instant::now();
    app::bare::run(&mut open(call)?, what, count, group, now_us)?;
    say(&json!({ "count": count, "us": since(start) }).to_string());
    Ok(())
}

/// Decides of every creator in some programs.
pub(crate) fn eligibility(
    call: &Call,
    programs: &[String],
    day: Day,
    runs: u32,
) -> Result<(), Error> {
    let start = Instant::now();
    let timer = || since(start);
    let mut stipend = open(call)?;
    for _ in 0..runs {
        let done = app::evaluate::everyone(&mut stipend, programs, day, &timer, None)?;
        let [yes, no, unknown] = done.answers;
        say(&json!({ "decisions": done.decisions, "yes": yes, "no": no, "indeterminate": unknown,
                     "bytes": done.bytes, "load_us": done.load_us, "windows_us": done.windows_us,
                     "decide_us": done.decide_us })
        .to_string());
    }
    Ok(())
}

/// Posts transfers, as the product does or in a bare loop.
pub(crate) fn ledger(call: &Call, plan: (i64, i64, i64), bare: bool) -> Result<(), Error> {
    let start = Instant::now();
    let us = app::bare::ledger(&mut open(call)?, plan, bare, &|| since(start))?;
    say(&json!({ "transfers": plan.0, "us": us }).to_string());
    Ok(())
}
