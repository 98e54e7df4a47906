//! What a creator owns and may draw.
//!
//! All that he earns lands on one wallet (R91). Its money is in states that never mix: pending,
//! available, held, reserve, paying, owed ([`purse`]); each is an account of the ledger. The
//! platform's [`terms`] say which ways money takes out of it, from which country, in which
//! currency, at what fee, from which minimum, on which days ([`schedule`]), and at whose rates it
//! is exchanged ([`rates`]). A creator's [`method`] is where his money goes; its holder's [`name`]
//! is compared with the one he proved. [`draw`] decides whether he may draw, how much would arrive
//! and when, or names every reason why not; amounts are whole in the [`unit`] of the rail.
#![deny(clippy::float_arithmetic, clippy::as_conversions, clippy::expect_used, clippy::panic)]

pub mod draw;
pub mod method;
pub mod name;
pub mod purse;
pub mod rates;
pub mod reason;
pub mod schedule;
pub mod terms;
pub mod unit;

pub use reason::Reason;
pub use terms::{Terms, TermsError};
