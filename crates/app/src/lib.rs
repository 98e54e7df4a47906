//! Commands: one module each, and the only place where domain, lake and store meet.
//!
//! A [`Stipend`] is an open data folder with its database. Commands take it, the clock's time and
//! what the caller wants, and give a value that the binary prints. They decide nothing about money:
//! that is `program`, `metering` and `settlement`.

pub mod access;
pub mod appeals;
pub mod audit;
pub mod backpay;
pub mod backup;
pub mod bare;
pub mod batches;
pub mod calendars;
pub mod cash;
pub mod command;
pub mod contested;
pub mod diagnosis;
mod directory;
pub mod dispatch;
mod doctor;
mod dormancy;
pub mod drafts;
pub mod draw;
pub mod entry;
mod error;
pub mod evaluate;
pub mod evidence;
pub mod explain;
pub mod export;
pub mod facts;
pub mod failpoint;
pub mod holds;
pub mod identity;
pub mod import;
mod indicators;
pub mod intake;
pub mod jobs;
pub mod keys;
pub mod ledger;
pub mod liabilities;
pub mod membership;
pub mod messages;
mod metering;
pub mod methods;
pub mod metrics;
pub mod operators;
pub mod outbox;
pub mod password;
pub mod payouts;
pub mod people;
pub mod problem;
pub mod programs;
pub mod proposals;
mod publish;
pub mod questions;
pub mod rails;
pub mod rates;
mod records;
mod release;
pub mod reports;
pub mod reviews;
pub mod sessions;
pub mod settle;
mod silence;
pub mod statement;
pub mod terms;
mod threads;
pub mod totp;
pub mod transparency;
pub mod trends;
pub mod vault;
pub mod wallet;
mod windows;
mod workspace;

pub use doctor::Health;
pub use error::Error;
pub use workspace::Stipend;
