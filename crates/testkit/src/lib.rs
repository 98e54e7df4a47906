//! The seeded simulator and what tests share.
pub mod bank;
pub mod provider;
pub mod simulate;
