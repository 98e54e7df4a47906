//! Rails that are APIs: Stripe and PayPal, behind one closed trait.
//!
//! A rail is told orders and says what came of each ([`Outcome`]). It never tries again by
//! itself: a lost answer is [`Outcome::Unknown`], and only [`Rail::look`] finds out, by the order's
//! own key. What is certain to have been refused is [`Outcome::Failed`]; nothing else is.

mod call;
mod paypal;
mod stripe;
pub mod webhook;

use kernel::Asset;
use payout::{Batch, Order};

pub use call::Agent;
pub use paypal::PayPal;
pub use stripe::{Stripe, VERSION as STRIPE_VERSION};

/// What came of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The provider has it, under its own number.
    Sent(String),
    /// It was paid.
    Paid(String),
    /// It was refused, for good: nothing was moved.
    Failed(String),
    /// It was paid and came back.
    Returned(String, String),
    /// Nobody knows: why.
    Unknown(String),
    /// The money is at the provider's other side, and did not go on: for people. Why.
    Halted(String),
    /// The provider has never had it: it may be sent, with the same key.
    Missing,
}

mod sealed {
    /// Only rails of this crate are rails.
    pub trait Sealed {}
    impl Sealed for crate::Stripe {}
    impl Sealed for crate::PayPal {}
}

/// A provider.
pub trait Rail: sealed::Sealed + Send + Sync {
    /// How many orders it takes at a time.
    fn at_once(&self) -> usize;

    /// Hands orders over; tells of each what came of it.
    fn send(&self, batch: &Batch, orders: &[Order], tell: &mut dyn FnMut(&Order, Outcome));

    /// Finds out what the provider knows of orders that were handed over.
    fn look(&self, batch: &Batch, orders: &[Order], tell: &mut dyn FnMut(&Order, Outcome));

    /// Asks for money back that did not go on from the provider's other side: once, whatever is
    /// repeated. [`Outcome::Returned`] when it came; [`Outcome::Failed`] when the provider refuses.
    fn recall(&self, batch: &Batch, order: &Order) -> Outcome;

    /// What the provider's account has of a currency, in ledger units; nothing where it does not
    /// say.
    ///
    /// # Errors
    /// Why it could not be asked.
    fn float(&self, asset: &Asset) -> Result<Option<i64>, String>;
}
