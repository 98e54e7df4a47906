//! Appeals: cases against verdicts, and what makes wrong ones good (R82 to R89).
//!
//! A case is about a [`Matter`]: an account, a work, a work's day, a rejection, a hold. It goes
//! from filed to upheld or overturned ([`State`]). What was overturned rests on facts of the
//! catalog; a [`Strike`] takes back what was said wrongly, so that days can be computed as they
//! should have been.
//!
//! A [`copyright`] claim is another's case about whose a work's money is.
#![deny(clippy::float_arithmetic, clippy::as_conversions, clippy::expect_used, clippy::panic)]

pub mod copyright;
mod matter;
mod state;
mod strike;

pub use matter::Matter;
pub use state::{Act, NotNow, State};
pub use strike::{Field, Strike, since};
