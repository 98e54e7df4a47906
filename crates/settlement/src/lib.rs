//! From counts to money: the score of a work's day, the amounts of a program's day, corrections.
//!
//! Everything here is a pure function on integers. [`score()`] turns the counts of a work-day into
//! scored views; [`settle_day`] turns the scores of a day into [`Line`]s under the pool or rate,
//! floor, cap and budget of a program; [`correct`] compares the lines of a day with what was posted
//! and gives the lines that make up the difference: a posted day is never rewritten (I8).
#![deny(clippy::float_arithmetic, clippy::as_conversions, clippy::expect_used, clippy::panic)]

pub mod attribution;
mod correct;
mod day;
mod score;

pub use correct::correct;
pub use day::{CreatorDay, Line, SettleError, Settled, settle_day};
pub use score::{Score, score};

/// One scored view: scores count millionths of a view of weight one.
pub const SCORE_ONE: i128 = 1_000_000;
