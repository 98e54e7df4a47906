//! What a rail is told: orders, and batches of them.
use kernel::{Asset, Day};
use sha2::{Digest, Sha256};
use wallet::method::Method;
use wallet::terms::CashAccount;

/// One payout as its rail sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The payout's number.
    pub payout: i64,
    /// Our key: made once, told to the rail with every try, and given back in its answers.
    pub key: String,
    /// The creator.
    pub creator: String,
    /// What arrives, in ledger units.
    pub net: i64,
    /// The method's number.
    pub method_id: i64,
    /// Where it goes.
    pub method: Method,
    /// The provider's own number of it, once it is known.
    pub reference: String,
    /// Whether the rail also pays out of the creator's account there.
    pub pay_out: bool,
}

/// Orders that go together.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Its number.
    pub number: i64,
    /// A key of the whole, for rails that want one.
    pub key: String,
    /// When it was made, in microseconds since 1970 UTC.
    pub created_us: i64,
    /// The day on which the bank is to do it.
    pub executed: Day,
    /// The currency.
    pub asset: Asset,
    /// The account that pays.
    pub account: CashAccount,
    /// The orders, by number.
    pub orders: Vec<Order>,
}

impl Batch {
    /// The sum of what arrives.
    #[must_use]
    pub fn net(&self) -> Option<i64> {
        self.orders.iter().try_fold(0_i64, |sum, order| sum.checked_add(order.net))
    }
}

/// Whether a text can be a payout's key: `p` and fourteen hex digits, which fits the narrowest
/// field of all rails (15 characters in NACHA files).
#[must_use]
pub fn is_key(text: &str) -> bool {
    let rest = text.strip_prefix('p').unwrap_or_default();
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    rest.len() == 14 && rest.bytes().all(hex)
}

/// SHA-256 of everything that an approval of a batch covers: the account that pays, the day, and of
/// each order its key, creator, amount and place. `place` is the method's fingerprint, so that the
/// digest can be shown without telling bank details.
#[must_use]
pub fn digest(batch: &Batch, place: &dyn Fn(&Order) -> String) -> [u8; 32] {
    let mut digest = Sha256::new();
    let head = format!(
        "{}\t{}\t{}\t{}\t{}\t{}\n",
        batch.number,
        batch.account.rail.word(),
        batch.account.name,
        batch.asset.code(),
        batch.executed,
        batch.orders.len()
    );
    digest.update(head.as_bytes());
    for order in &batch.orders {
        let place = place(order);
        let line = format!(
            "{}\t{}\t{}\t{}\t{}\t{place}\n",
            order.payout, order.key, order.creator, order.net, order.method_id
        );
        digest.update(line.as_bytes());
    }
    digest.finalize().into()
}
