//! The seeded simulator and what tests share.
pub mod simulate;
