//! What the platform says of its creators and works.
//!
//! A *version* is a set of facts about one creator or work that holds from an effective day on and
//! was recorded at some time. Facts that a version does not mention stay as they were. The state
//! *as of a day* folds, fact by fact, all versions effective on or before that day, in the order of
//! (effective day, recorded order). The catalog judges nothing: whether a work earns is a program's
//! business.
#![deny(clippy::float_arithmetic, clippy::as_conversions, clippy::expect_used, clippy::panic)]

mod creator;
mod version;
mod violation;
mod word;
mod work;

pub use creator::{AccountType, AgeProof, CreatorFacts, Standing, Verification};
pub use version::{Facts, Version, as_of};
pub use violation::{Severity, VIOLATIONS_MAX, Violations};
pub use word::{Word, parse_word};
pub use work::{Review, Visibility, WorkFacts};
