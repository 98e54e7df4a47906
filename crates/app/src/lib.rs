//! Commands: one module each, and the only place where domain, lake and store meet.
//!
//! A [`Stipend`] is an open data folder with its database. Commands take it, the clock's time and
//! what the caller wants, and give a value that the binary prints. They decide nothing about money:
//! that is `program`, `metering` and `settlement`.

pub mod access;
pub mod audit;
pub mod backup;
pub mod bare;
pub mod calendars;
pub mod command;
mod directory;
pub mod dispatch;
mod doctor;
pub mod drafts;
pub mod entry;
mod error;
pub mod evaluate;
pub mod explain;
pub mod export;
pub mod facts;
pub mod failpoint;
pub mod import;
pub mod intake;
pub mod jobs;
pub mod keys;
pub mod ledger;
pub mod membership;
pub mod messages;
mod metering;
pub mod metrics;
pub mod operators;
pub mod outbox;
pub mod password;
pub mod people;
pub mod problem;
pub mod programs;
pub mod proposals;
mod publish;
mod records;
pub mod reviews;
pub mod sessions;
pub mod settle;
mod threads;
pub mod totp;
mod windows;
mod workspace;

pub use doctor::Health;
pub use error::Error;
pub use workspace::Stipend;
