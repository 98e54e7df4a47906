//! Events in, verdicts and work-days out.
//!
//! Events come as column slices ([`Columns`]), one bucket of viewers at a time. Because all events
//! of a viewer are in one bucket, everything that a verdict needs is local to it: duplicates, once
//! per viewer and work, volume per viewer. [`Meter::bucket`] gives each event exactly one
//! [`Verdict`] and adds it to a [`Partial`]; partials of buckets and threads are summed. The result
//! does not depend on the order of events, their batches, or the number of threads (I6).
#![deny(clippy::float_arithmetic, clippy::as_conversions, clippy::expect_used, clippy::panic)]

mod columns;
mod copies;
mod facts;
mod index;
mod meter;
mod partial;
mod parts;
mod rules;
mod verdict;

pub use columns::{Columns, FLAG_BITS, Kind, Source};
pub use copies::{Identities, Identity, Run, astray};
pub use facts::{DayFacts, NO_LENGTH, TargetDays, WorkTable, WorkToday};
pub use index::Index;
pub use meter::{Meter, Sink};
pub use partial::{Counts, Partial, UnknownDay, WorkDay};
pub use rules::{REGION_NONE, Rules, region_code, region_text};
pub use verdict::Verdict;
