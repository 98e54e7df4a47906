//! The words that every other crate uses: money and its allocation, ids and their order, days and
//! the clock, rates, reason codes, limits.
//!
//! Nothing here does I/O, reads the clock or knows a program. Amounts are integers in the ledger
//! scale of their asset ([`money`]); a split of an amount always goes through [`allocate()`]; a
//! day is the day of a program in its own time zone ([`day`]); ids of the platform are text, and
//! their order and their 64-bit hashes are defined once, in [`id`].
#![deny(clippy::float_arithmetic, clippy::as_conversions, clippy::expect_used, clippy::panic)]

pub mod allocate;
pub mod calendar;
pub mod cast;
mod causes;
pub mod clock;
pub mod country;
pub mod day;
pub mod id;
pub mod limits;
pub mod money;
pub mod rate;
pub mod reason;

pub use allocate::allocate;
pub use calendar::Calendar;
pub use causes::with_causes;
pub use clock::Clock;
pub use day::{Day, Zone};
pub use id::{CreatorId, WorkId};
pub use money::{Asset, Scale};
pub use rate::Ppm;
pub use reason::Reason;
