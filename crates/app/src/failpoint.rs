//! Named points at which a test can end the process, as a crash would.

/// Every point, in the order in which an import and a settlement pass them.
pub const ALL: [&str; 8] = [
    "import:segments-written",
    "import:before-commit",
    "import:after-commit",
    "settle:metered",
    "settle:files-written",
    "settle:before-commit",
    "settle:after-commit",
    "settle:between-days",
];

/// Every point that sealing passes. A worker passes `job:claimed` too, at each of its jobs.
pub const SEALING: [&str; 3] = ["seal:segments-written", "seal:before-commit", "seal:after-commit"];

/// Every point that a payout by a provider's API passes, from the batch's approval on.
pub const PAYING: [&str; 3] = ["rail:before-call", "rail:after-call", "rail:before-commit"];

/// Every point that the release of a day's earnings passes.
pub const RELEASING: [&str; 2] = ["release:before-commit", "release:after-commit"];

/// Every point that a batch passes that becomes a file, and the report that answers it.
pub const FILING: [&str; 4] =
    ["file:before-commit", "file:after-commit", "report:before-commit", "command:after-commit"];

/// Ends the process at once, without clean-up, when `STIPEND_FAILPOINT` names this point. Written
/// as `name@3`, at the third time.
pub(crate) fn reach(name: &'static str) {
    use std::sync::atomic::{AtomicU32, Ordering};
    static REACHED: AtomicU32 = AtomicU32::new(0);
    let Some(wanted) = std::env::var_os("STIPEND_FAILPOINT") else {
        return;
    };
    let wanted = wanted.to_string_lossy();
    let (point, times) = wanted.split_once('@').unwrap_or((&wanted, "1"));
    if point == name {
        let reached = REACHED.fetch_add(1, Ordering::Relaxed) + 1;
        if times.parse() == Ok(reached) {
            std::process::abort();
        }
    }
}
