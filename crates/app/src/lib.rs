//! Commands: one module each, and the only place where domain, lake and store meet.
//!
//! A [`Stipend`] is an open data folder with its database. Commands take it, the clock's time and
//! what the caller wants, and give a value that the binary prints. They decide nothing about money:
//! that is `program`, `metering` and `settlement`.

pub mod access;
pub mod audit;
pub mod bare;
pub mod command;
mod directory;
pub mod dispatch;
mod error;
pub mod explain;
pub mod export;
pub mod facts;
pub mod failpoint;
pub mod import;
pub mod intake;
pub mod jobs;
pub mod keys;
pub mod ledger;
mod metering;
pub mod outbox;
pub mod problem;
pub mod programs;
mod records;
pub mod settle;
mod threads;
mod workspace;

pub use error::Error;
pub use workspace::{Health, Stipend};
