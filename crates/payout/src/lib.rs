//! The way of a payout, from a wallet to a bank account, exactly once.
//!
//! A payout is a [`state`] that events move on; what it does to the ledger follows from the step
//! ([`state::Movement`]). Payouts that may go are put in batches; a batch is bound to the
//! [`digest`] of what is in it, and that is what a second person approves. Rails are files for
//! banks ([`pain001`], [`nacha`], [`sheet`]) or providers' APIs (crate `rail`); what banks answer
//! is read by [`answers`] into one form, whatever the file.
#![deny(clippy::float_arithmetic, clippy::as_conversions, clippy::expect_used, clippy::panic)]

pub mod answers;
pub mod nacha;
mod order;
pub mod pain001;
pub mod sheet;
pub mod state;

pub use answers::{Answer, Movement, Report, ReportError, What};
pub use order::{Batch, Order, digest, is_key};
pub use state::{Event, State};
