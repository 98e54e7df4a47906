//! The ledger as journals of other programs, so that they can check it.
use std::collections::BTreeSet;
use std::fmt::Write;

use kernel::Asset;
use kernel::money::{LEDGER_DIGITS, format_decimal};

use crate::account::Account;
use crate::transfer::Transfer;

/// An account in hledger's tree: what the platform spends, holds and owes.
fn hledger_name(account: &Account) -> String {
    match account {
        Account::Funding { program } => format!("expenses:programs:{program}"),
        Account::Pool { program } => format!("liabilities:programs:{program}:pool"),
        Account::Backpay { program } => format!("liabilities:programs:{program}:backpay"),
        Account::Forfeited { program } => format!("liabilities:programs:{program}:forfeited"),
        Account::Carried { program, creator } => {
            format!("liabilities:creators:{}:carried:{program}", plain(creator))
        }
        Account::Owed { creator } => format!("assets:owed:{}", plain(creator)),
        Account::Cash { name } => format!("assets:cash:{}", plain(name)),
        Account::Exchange { source } => format!("equity:exchange:{}", plain(source)),
        Account::Fees { rail } => format!("income:fees:{}", plain(rail)),
        Account::Withheld { country } => format!("liabilities:withheld:{}", plain(country)),
        Account::Capital => "equity:capital".to_owned(),
        Account::Adjustments => "expenses:adjustments".to_owned(),
        Account::Earned { creator }
        | Account::Available { creator }
        | Account::Held { creator }
        | Account::Disputed { creator }
        | Account::Reserve { creator }
        | Account::Paying { creator }
        | Account::Unclaimed { creator } => {
            format!("liabilities:creators:{}:{}", plain(creator), state(account))
        }
    }
}

/// The state of a wallet's money that an account holds.
fn state(account: &Account) -> &'static str {
    match account {
        Account::Available { .. } => "available",
        Account::Held { .. } => "held",
        Account::Disputed { .. } => "disputed",
        Account::Reserve { .. } => "reserve",
        Account::Paying { .. } => "paying",
        Account::Unclaimed { .. } => "unclaimed",
        _ => "earned",
    }
}

/// An account in beancount's tree: components begin with a capital or a digit.
fn beancount_name(account: &Account) -> String {
    match account {
        Account::Funding { program } => format!("Expenses:Programs:P-{program}"),
        Account::Pool { program } => format!("Liabilities:Programs:P-{program}:Pool"),
        Account::Backpay { program } => format!("Liabilities:Programs:P-{program}:Backpay"),
        Account::Forfeited { program } => format!("Liabilities:Programs:P-{program}:Forfeited"),
        Account::Carried { program, creator } => {
            format!("Liabilities:Creators:C-{}:Carried:P-{program}", plain(creator))
        }
        Account::Owed { creator } => format!("Assets:Owed:C-{}", plain(creator)),
        Account::Cash { name } => format!("Assets:Cash:A-{}", plain(name)),
        Account::Exchange { source } => format!("Equity:Exchange:S-{}", plain(source)),
        Account::Fees { rail } => format!("Income:Fees:R-{}", plain(rail)),
        Account::Withheld { country } => format!("Liabilities:Withheld:C-{}", plain(country)),
        Account::Capital => "Equity:Capital".to_owned(),
        Account::Adjustments => "Expenses:Adjustments".to_owned(),
        Account::Earned { creator }
        | Account::Available { creator }
        | Account::Held { creator }
        | Account::Disputed { creator }
        | Account::Reserve { creator }
        | Account::Paying { creator }
        | Account::Unclaimed { creator } => {
            let state = state(account);
            let (first, rest) = state.split_at(1);
            let state = first.to_ascii_uppercase() + rest;
            format!("Liabilities:Creators:C-{}:{state}", plain(creator))
        }
    }
}

/// An id with only letters, digits and hyphens; any other byte as `-` and two hex digits, so that
/// two ids never become one.
fn plain(id: &str) -> String {
    let mut text = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() {
            text.push(char::from(byte));
        } else {
            write!(text, "-{byte:02x}").unwrap_or_default();
        }
    }
    text
}

fn amount(asset: &Asset, units: i64) -> String {
    format!("{} {}", format_decimal(units, asset.minor_digits() + LEDGER_DIGITS), asset.code())
}

/// Transfers grouped by what they are for, as they were posted.
fn runs(transfers: &[Transfer]) -> impl Iterator<Item = &[Transfer]> {
    transfers.chunk_by(|a, b| {
        let same = (&a.program, a.day, a.run) == (&b.program, b.day, b.run);
        same && (!a.program.is_empty() || a.occasion() == b.occasion())
    })
}

fn title(transfer: &Transfer) -> String {
    match transfer.run {
        _ if transfer.program.is_empty() => transfer.occasion().replace('"', "'"),
        0 => format!("settlement {}", transfer.program),
        run => format!("correction {run} {}", transfer.program),
    }
}

/// The journal in hledger's format, accounts and commodities declared for `check --strict`.
#[must_use]
pub fn hledger(asset: &Asset, transfers: &[Transfer]) -> String {
    let mut text = format!("commodity {}\n", amount(asset, 1_000_000_000));
    let mut accounts = BTreeSet::new();
    for transfer in transfers {
        accounts.insert(hledger_name(&transfer.debit));
        accounts.insert(hledger_name(&transfer.credit));
    }
    for account in accounts {
        writeln!(text, "account {account}").unwrap_or_default();
    }
    for run in runs(transfers) {
        if let Some(first) = run.first() {
            writeln!(text, "\n{} {}", first.day, title(first)).unwrap_or_default();
        }
        for transfer in run {
            for (account, units) in
                [(&transfer.debit, transfer.amount), (&transfer.credit, -transfer.amount)]
            {
                let name = hledger_name(account);
                writeln!(text, "    {name}  {}", amount(asset, units)).unwrap_or_default();
            }
        }
    }
    text
}

/// The journal in beancount's format, for `bean-check`.
#[must_use]
pub fn beancount(asset: &Asset, transfers: &[Transfer]) -> String {
    let first_day = transfers.iter().map(|transfer| transfer.day).min();
    let mut text = String::new();
    let mut accounts = BTreeSet::new();
    for transfer in transfers {
        accounts.insert(beancount_name(&transfer.debit));
        accounts.insert(beancount_name(&transfer.credit));
    }
    if let Some(day) = first_day {
        for account in accounts {
            writeln!(text, "{day} open {account} {}", asset.code()).unwrap_or_default();
        }
    }
    for run in runs(transfers) {
        if let Some(first) = run.first() {
            writeln!(text, "\n{} * \"{}\"", first.day, title(first)).unwrap_or_default();
        }
        for transfer in run {
            for (account, units) in
                [(&transfer.debit, transfer.amount), (&transfer.credit, -transfer.amount)]
            {
                let name = beancount_name(account);
                writeln!(text, "  {name}  {}", amount(asset, units)).unwrap_or_default();
            }
        }
    }
    text
}
