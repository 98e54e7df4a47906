//! The ledger's own check: everything folded again and compared.
use std::collections::{BTreeMap, BTreeSet};

use crate::account::Account;
use crate::chain;
use crate::transfer::Transfer;

/// A stored balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// The account.
    pub account: String,
    /// The asset's code.
    pub asset: String,
    /// Sum of its debits.
    pub debits: i64,
    /// Sum of its credits.
    pub credits: i64,
}

/// A stored batch: its key, the digest before it, its digest, and its transfers in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchRecord {
    /// The key of the command that posted it.
    pub key: String,
    /// The digest of the batch before.
    pub previous: Vec<u8>,
    /// Its digest.
    pub digest: Vec<u8>,
    /// Its transfers.
    pub transfers: Vec<Transfer>,
}

/// Something that does not hold, with the invariant's id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// `I1` to `I4`, as in docs/ARCHITECTURE.md.
    pub invariant: &'static str,
    /// What is wrong.
    pub message: String,
}

/// Checks the whole ledger: chain (I3), balances as the fold of transfers (I2), their sum (I1), no
/// account below nought that may not be (I4), pools empty.
#[must_use]
pub fn check(batches: &[BatchRecord], balances: &[Balance]) -> Vec<Problem> {
    let mut problems = BTreeSet::new();
    let mut say = |invariant, message| {
        problems.insert(Problem { invariant, message });
    };
    let mut previous = chain::GENESIS.to_vec();
    let mut ids = BTreeSet::new();
    let mut folded: BTreeMap<(String, String), (i128, i128)> = BTreeMap::new();
    for batch in batches {
        if batch.previous != previous {
            say("I3", format!("batch `{}` does not follow the one before it", batch.key));
        }
        let before = <[u8; 32]>::try_from(batch.previous.as_slice()).unwrap_or(chain::GENESIS);
        if chain::link(&before, &batch.key, &batch.transfers).as_slice() != batch.digest {
            say("I3", format!("batch `{}` is not what was posted", batch.key));
        }
        previous.clone_from(&batch.digest);
        for transfer in &batch.transfers {
            if transfer.amount <= 0 {
                say("I1", format!("transfer `{}` moves nothing", transfer.id));
            }
            if !ids.insert(transfer.id.clone()) {
                say("I3", format!("transfer `{}` stands twice", transfer.id));
            }
            let amount = i128::from(transfer.amount);
            let asset = &transfer.asset;
            folded.entry((transfer.debit.to_string(), asset.clone())).or_default().0 += amount;
            folded.entry((transfer.credit.to_string(), asset.clone())).or_default().1 += amount;
        }
    }
    let mut sums: BTreeMap<&str, i128> = BTreeMap::new();
    for balance in balances {
        let (debits, credits) = (i128::from(balance.debits), i128::from(balance.credits));
        let key = (balance.account.clone(), balance.asset.clone());
        let fold = folded.remove(&key).unwrap_or_default();
        if fold != (debits, credits) {
            say(
                "I2",
                format!("the balance of `{}` is not the sum of its transfers", balance.account),
            );
        }
        *sums.entry(&balance.asset).or_default() += credits - debits;
        match balance.account.parse::<Account>() {
            Ok(account) => {
                if credits < debits && !account.overdraft() {
                    say("I4", format!("`{}` is below nought", balance.account));
                }
                if matches!(account, Account::Owed { .. }) && credits > debits {
                    say("I4", format!("`{}` is above nought", balance.account));
                }
                if matches!(account, Account::Pool { .. }) && credits != debits {
                    say("I7", format!("`{}` is not empty", balance.account));
                }
            }
            Err(error) => say("I2", error.to_string()),
        }
    }
    for ((account, asset), _) in folded {
        say("I2", format!("`{account}` has transfers in {asset} but no balance"));
    }
    for (asset, sum) in sums {
        if sum != 0 {
            say("I1", format!("the balances in {asset} sum to {sum}, not to nought"));
        }
    }
    problems.into_iter().collect()
}
