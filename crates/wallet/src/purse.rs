//! The states of a wallet's money, as a projection of the ledger.
use std::collections::BTreeMap;

use ledger::{Account, Balance};

/// What a creator has of one asset, in ledger units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Purse {
    /// Earned, and not drawable yet.
    pub pending: i64,
    /// Drawable.
    pub available: i64,
    /// Held back for a reason.
    pub held: i64,
    /// Another's, says a copyright claim that is not decided.
    pub disputed: i64,
    /// Kept for a while against refunds.
    pub reserve: i64,
    /// On its way out.
    pub paying: i64,
    /// Was available while its owner let it sleep; his when he claims it.
    pub unclaimed: i64,
    /// Taken back after it was drawn; nought or more.
    pub owed: i64,
}

impl Purse {
    /// All that is his, less what he owes.
    #[must_use]
    pub fn total(&self) -> i64 {
        let reach = self.pending + self.available + self.held + self.reserve;
        reach + self.disputed + self.paying + self.unclaimed - self.owed
    }

    /// The states with their words.
    #[must_use]
    pub fn states(&self) -> [(&'static str, i64); 8] {
        [
            ("pending", self.pending),
            ("available", self.available),
            ("held", self.held),
            ("disputed", self.disputed),
            ("reserve", self.reserve),
            ("paying", self.paying),
            ("unclaimed", self.unclaimed),
            ("owed", self.owed),
        ]
    }
}

/// The word of the state that an account of a wallet holds; nothing for other accounts.
#[must_use]
pub fn state_of(account: &Account) -> Option<&'static str> {
    match account {
        Account::Earned { .. } => Some("pending"),
        Account::Available { .. } => Some("available"),
        Account::Held { .. } => Some("held"),
        Account::Disputed { .. } => Some("disputed"),
        Account::Reserve { .. } => Some("reserve"),
        Account::Paying { .. } => Some("paying"),
        Account::Unclaimed { .. } => Some("unclaimed"),
        Account::Owed { .. } => Some("owed"),
        _ => None,
    }
}

/// Names of the accounts of a creator's wallet.
#[must_use]
pub fn accounts(creator: &str) -> [Account; 8] {
    let creator = || creator.to_owned();
    [
        Account::Earned { creator: creator() },
        Account::Available { creator: creator() },
        Account::Held { creator: creator() },
        Account::Disputed { creator: creator() },
        Account::Reserve { creator: creator() },
        Account::Paying { creator: creator() },
        Account::Unclaimed { creator: creator() },
        Account::Owed { creator: creator() },
    ]
}

/// A creator's purses by asset, of the balances of his accounts. Other accounts are passed over.
#[must_use]
pub fn purses(balances: &[Balance]) -> BTreeMap<String, Purse> {
    let mut purses: BTreeMap<String, Purse> = BTreeMap::new();
    for balance in balances {
        let units = balance.credits - balance.debits;
        let Ok(account) = balance.account.parse::<Account>() else { continue };
        if account.owner().is_none() {
            continue;
        }
        let purse = purses.entry(balance.asset.clone()).or_default();
        match account {
            Account::Available { .. } => purse.available += units,
            Account::Held { .. } => purse.held += units,
            Account::Disputed { .. } => purse.disputed += units,
            Account::Reserve { .. } => purse.reserve += units,
            Account::Paying { .. } => purse.paying += units,
            Account::Unclaimed { .. } => purse.unclaimed += units,
            Account::Owed { .. } => purse.owed -= units,
            _ => purse.pending += units,
        }
    }
    purses
}

/// What pending money does not cover of a take-back, and from which other states of the wallet it
/// comes: available, reserve, held; what is not there becomes a debt, which later income pays
/// (N7). Money on its way out is not touched, nor is what may be another's.
#[must_use]
pub fn take_back(purse: &Purse, amount: i64) -> Vec<(State, i64)> {
    let mut left = amount;
    let mut taken = Vec::new();
    let states = [
        (State::Available, purse.available),
        (State::Reserve, purse.reserve),
        (State::Held, purse.held),
        (State::Owed, i64::MAX),
    ];
    for (state, there) in states {
        let part = left.min(there.max(0));
        if part > 0 {
            taken.push((state, part));
            left -= part;
        }
    }
    taken
}

/// A state of a wallet's money that was released, or its debt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Drawable.
    Available,
    /// Held back for a reason.
    Held,
    /// Kept for a while.
    Reserve,
    /// A debt.
    Owed,
}

impl State {
    /// The account of a creator's wallet that holds it.
    #[must_use]
    pub fn account(self, creator: &str) -> Account {
        let creator = creator.to_owned();
        match self {
            State::Available => Account::Available { creator },
            State::Held => Account::Held { creator },
            State::Reserve => Account::Reserve { creator },
            State::Owed => Account::Owed { creator },
        }
    }

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            State::Available => "available",
            State::Held => "held",
            State::Reserve => "reserve",
            State::Owed => "owed",
        }
    }
}

/// What becomes of income that is released: debts are paid first, then the reserve takes its share,
/// the rest is available.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// Pays what is owed.
    pub repaid: i64,
    /// Kept in the reserve.
    pub reserved: i64,
    /// Drawable.
    pub available: i64,
}

/// Splits income. `reserve` is the share that is kept of what is left after debts; it is rounded
/// down to minor units, so that all of it can be drawn one day.
#[must_use]
pub fn split(amount: i64, owed: i64, reserve: kernel::Ppm) -> Split {
    let repaid = amount.min(owed.max(0));
    let rest = amount - repaid;
    let reserved = i64::try_from(reserve.of_value(i128::from(rest))).unwrap_or(0).min(rest);
    let reserved = reserved - reserved.rem_euclid(kernel::money::UNITS_PER_MINOR);
    Split { repaid, reserved, available: rest - reserved }
}
