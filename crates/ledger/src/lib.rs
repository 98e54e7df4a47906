//! The ledger: accounts and transfers.
//!
//! A [`Transfer`] debits one account and credits another with one amount of one asset; it is never
//! changed. Transfers are posted in batches; each batch is chained to the one before by SHA-256
//! ([`chain`]). Balances are a projection: [`check`] folds all transfers again and compares. The
//! ledger does not know what a view is.
#![deny(clippy::float_arithmetic, clippy::as_conversions, clippy::expect_used, clippy::panic)]

mod account;
pub mod chain;
mod check;
mod journal;
mod transfer;

pub use account::{Account, AccountError};
pub use check::{Balance, BatchRecord, Problem, check};
pub use journal::{beancount, hledger};
pub use transfer::{Purpose, Transfer};
