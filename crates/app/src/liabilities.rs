//! What the platform owes, and what it has to pay it with, per asset; what was paid and withheld in
//! a year (N4, the audit of the operator).
use std::collections::BTreeMap;

use kernel::Day;
use kernel::day::instant;
use ledger::{Account, Balance};
use serde_json::{Value, json};
use store::TaxedRow;
use wallet::purse::state_of;

use crate::error::Error;
use crate::workspace::Stipend;
use crate::{outbox, terms};

/// One asset's sums, in ledger units.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums {
    /// Owed to creators, by state.
    pub owed: BTreeMap<&'static str, i64>,
    /// Debts of creators.
    pub receivable: i64,
    /// Owed to others: withheld tax.
    pub others: i64,
    /// Cash, by account.
    pub cash: BTreeMap<String, i64>,
    /// All accounts together: nought, if the ledger holds.
    pub check: i64,
}

impl Sums {
    /// All that is owed.
    #[must_use]
    pub fn liabilities(&self) -> i64 {
        self.owed.values().sum::<i64>() + self.others
    }

    /// What the platform has of cash.
    #[must_use]
    pub fn has(&self) -> i64 {
        self.cash.values().sum()
    }
}

/// Sums balances by asset.
#[must_use]
pub fn sums(balances: &[Balance]) -> BTreeMap<String, Sums> {
    let mut all: BTreeMap<String, Sums> = BTreeMap::new();
    for balance in balances {
        let units = balance.credits - balance.debits;
        let sums = all.entry(balance.asset.clone()).or_default();
        sums.check += units;
        let Ok(account) = balance.account.parse::<Account>() else { continue };
        let state = match account {
            Account::Carried { .. } => "carried",
            Account::Owed { .. } => {
                sums.receivable -= units;
                continue;
            }
            Account::Cash { name } => {
                *sums.cash.entry(name).or_default() -= units;
                continue;
            }
            Account::Withheld { .. } => {
                sums.others += units;
                continue;
            }
            account => match state_of(&account) {
                Some(state) => state,
                None => continue,
            },
        };
        *sums.owed.entry(state).or_default() += units;
    }
    all
}

/// The statement of liabilities against cash, as of now.
///
/// # Errors
/// When the database cannot be read.
pub fn statement(stipend: &mut Stipend, now_us: i64) -> Result<Value, Error> {
    let balances = stipend.db.balances()?;
    let in_flight = stipend.db.payout_sums()?;
    let mut assets = Vec::new();
    for (code, sums) in sums(&balances) {
        let shown = |units: i64| kernel::money::shown(&code, units);
        let by = |map: &BTreeMap<String, i64>| -> Value {
            map.iter().map(|(name, units)| (name.clone(), json!(shown(*units)))).collect()
        };
        let owed: BTreeMap<String, i64> =
            sums.owed.iter().map(|(state, units)| ((*state).to_owned(), *units)).collect();
        let payouts: serde_json::Map<String, Value> = in_flight
            .iter()
            .filter(|sum| sum.asset == code)
            .map(|sum| (sum.state.clone(), json!({ "count": sum.count, "net": shown(sum.net) })))
            .collect();
        assets.push(json!({
            "currency": code,
            "owed": by(&owed),
            "others": shown(sums.others),
            "liabilities": shown(sums.liabilities()),
            "receivable": shown(sums.receivable),
            "cash": by(&sums.cash),
            "cash_total": shown(sums.has()),
            "uncovered": shown((sums.liabilities() - sums.has()).max(0)),
            "balanced": sums.check == 0,
            "payouts": payouts,
        }));
    }
    let open = stipend.db.open_differences()?;
    Ok(json!({ "as_of": instant(now_us), "assets": assets, "open_differences": open }))
}

/// Tells the platform the day's statement.
pub(crate) fn tell(stipend: &mut Stipend, now_us: i64) -> Result<Value, Error> {
    let body = statement(stipend, now_us)?;
    stipend.db.write(|db| outbox::emit(db, "liabilities.stated", "ledger", &body, now_us))?;
    Ok(body)
}

/// What each creator was paid and what was withheld in a calendar year of the terms' zone.
///
/// # Errors
/// [`Error::Refused`] for a year that there is not; [`Error::Missing`] without terms.
pub fn taxed(stipend: &mut Stipend, year: i32) -> Result<Vec<TaxedRow>, Error> {
    let zone = terms::current(&mut stipend.db)?.terms.zone().clone();
    let first = |year: i32| format!("{year:04}-01-01").parse::<Day>();
    let wrong = |error: kernel::day::DayError| Error::Refused(error.to_string());
    let (from, to) = (first(year).map_err(wrong)?, first(year + 1).map_err(wrong)?);
    Ok(stipend.db.taxed(zone.start_us(from), zone.start_us(to))?)
}

/// A row of [`taxed`] as the API shows it.
#[must_use]
pub fn taxed_json(row: &TaxedRow) -> Value {
    let shown = |units: i64| kernel::money::shown(&row.asset, units);
    json!({
        "creator": row.creator,
        "country": row.country,
        "currency": row.asset,
        "payouts": row.payouts,
        "gross": shown(row.gross),
        "tax": shown(row.tax),
        "fee": shown(row.fee),
        "net": shown(row.net),
    })
}
