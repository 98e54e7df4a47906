//! The seeded simulator and what tests share.
pub mod provider;
pub mod simulate;
