//! Programs as data: policy documents, and the part of a program that decides what a work earns.
//!
//! A [`document::Document`] is what people write; [`Policy::parse`] checks it, with the place of
//! every error; [`Policy::findings`] says why a work earns nothing on a day, and
//! [`Policy::factor`] by how much its views are multiplied if it does. Everything that a program
//! pays by is in its document: there is no number of a program in code.
#![deny(clippy::float_arithmetic, clippy::as_conversions, clippy::expect_used, clippy::panic)]

pub mod admission;
pub mod appeals;
pub mod availability;
pub mod catalogue;
pub mod diff;
pub mod document;
pub mod entry;
pub mod membership;
mod policy;
pub mod presets;
pub mod rule;
pub mod say;
pub mod suggest;
mod verdict;

pub use policy::{Appeals, Limits, Policy, PolicyError, Regular, Reward, Score, TIERS_MAX};
pub use verdict::{Factor, Finding};

/// The JSON Schema of a policy document, as published in `docs/reference/policy.schema.json`.
#[must_use]
pub fn policy_schema() -> schemars::Schema {
    schemars::schema_for!(document::Document)
}
