//! Transfers.
use kernel::Day;

use crate::account::Account;

/// One movement of money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Made by whoever orders the transfer, from what it is for; a second transfer of the same id
    /// is refused.
    pub id: String,
    /// The account that gives.
    pub debit: Account,
    /// The account that receives.
    pub credit: Account,
    /// The asset's code.
    pub asset: String,
    /// Ledger units, more than nought.
    pub amount: i64,
    /// The program that pays; empty for what wallets do.
    pub program: String,
    /// The day that is paid for; for wallets the day, in UTC, on which it was done.
    pub day: Day,
    /// 0 for the settlement of the day, then counting its corrections.
    pub run: i64,
}

impl Transfer {
    /// A transfer of `amount` between `hub` and `account`: to the account when positive, back from
    /// it when negative; none for nought.
    #[must_use]
    pub fn between(
        hub: &Account,
        account: Account,
        amount: i64,
        purpose: &Purpose<'_>,
    ) -> Option<Transfer> {
        let (debit, credit) = match amount {
            0 => return None,
            1.. => (hub.clone(), account),
            _ => (account, hub.clone()),
        };
        let Purpose { asset, program, day, run } = *purpose;
        Some(Transfer {
            id: format!("{program}/{day}/{run}/{debit}>{credit}"),
            debit,
            credit,
            asset: asset.to_owned(),
            amount: amount.checked_abs()?,
            program: program.to_owned(),
            day,
            run,
        })
    }

    /// A transfer of a wallet: `occasion` is what it is for, like `payout/17/requested`; `leg`
    /// tells its transfers apart. None for nought or less.
    #[must_use]
    pub fn of_wallet(
        (occasion, leg): (&str, &str),
        (debit, credit): (Account, Account),
        asset: &str,
        amount: i64,
        day: Day,
    ) -> Option<Transfer> {
        (amount > 0).then(|| Transfer {
            id: format!("{occasion}#{leg}"),
            debit,
            credit,
            asset: asset.to_owned(),
            amount,
            program: String::new(),
            day,
            run: 0,
        })
    }

    /// What a wallet's transfer is for.
    #[must_use]
    pub fn occasion(&self) -> &str {
        self.id.rsplit_once('#').map_or(self.id.as_str(), |(occasion, _)| occasion)
    }

    /// The transfer as one line of text: what the chain and outsiders hash.
    #[must_use]
    pub fn canonical(&self) -> String {
        let Transfer { id, debit, credit, asset, amount, program, day, run } = self;
        format!("{id}\t{debit}\t{credit}\t{asset}\t{amount}\t{program}\t{day}\t{run}\n")
    }
}

/// What transfers are for.
#[derive(Debug, Clone, Copy)]
pub struct Purpose<'a> {
    /// The asset's code.
    pub asset: &'a str,
    /// The program.
    pub program: &'a str,
    /// The day that is paid for.
    pub day: Day,
    /// The run.
    pub run: i64,
}
