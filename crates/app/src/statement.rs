//! The statement of a wallet: every movement of its money, each with where it came from (N30, R91):
//! a settlement line, a payout, a hold, an adjustment.
use std::collections::BTreeMap;

use kernel::Day;
use kernel::day::instant;
use kernel::money::shown;
use ledger::{Account, Transfer};
use serde_json::{Value, json};
use wallet::purse::{accounts, state_of};

use crate::error::Error;
use crate::workspace::Stipend;
use crate::{terms, wallet as wallets};

/// Transfers that are read at a time.
const PAGE: i64 = 10_000;

/// One line of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The transfer's number.
    pub number: i64,
    /// When it was posted.
    pub posted_us: i64,
    /// What it is for, like `payout/17/paid` or `settlement`.
    pub what: String,
    /// The program that paid, for earnings.
    pub program: String,
    /// The day that was paid for.
    pub day: Day,
    /// The run of that day.
    pub run: i64,
    /// The asset.
    pub asset: String,
    /// The state that the money left; empty for what came from outside.
    pub from: &'static str,
    /// The state that it came to; empty for what left.
    pub to: &'static str,
    /// Ledger units, above nought.
    pub amount: i64,
    /// What the wallet has of the asset after it, all states together, debts taken off.
    pub total: i64,
}

/// A month of a wallet, or all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Whose.
    pub creator: String,
    /// From when, if not from the beginning.
    pub from_us: Option<i64>,
    /// Until before when, if not until now.
    pub to_us: Option<i64>,
    /// What was there before, by asset.
    pub opening: BTreeMap<String, i64>,
    /// What was there after.
    pub closing: BTreeMap<String, i64>,
    /// The lines.
    pub lines: Vec<Line>,
}

/// The state of an account that is this creator's.
fn own(account: &Account, creator: &str) -> &'static str {
    if account.owner() == Some(creator) { state_of(account).unwrap_or_default() } else { "" }
}

/// A month like `2026-11` in the terms' zone, as its first instant and the one after it.
///
/// # Errors
/// [`Error::Refused`] when it is no month.
pub fn month(stipend: &mut Stipend, text: &str) -> Result<(i64, i64), Error> {
    let zone = terms::maybe(&mut stipend.db)?.map(|published| published.terms.zone().clone());
    let zone = zone.unwrap_or_else(kernel::Zone::utc);
    let wrong = || Error::Refused(format!("`{text}` is no month: write it like `2026-11`"));
    if text.len() != 7 {
        return Err(wrong());
    }
    let first: Day = format!("{text}-01").parse().map_err(|_| wrong())?;
    let next = first.plus(31).month_start();
    Ok((zone.start_us(first), zone.start_us(next)))
}

/// The statement of a creator, of a time or of all.
///
/// # Errors
/// [`Error::Missing`] without such a creator.
pub fn of(
    stipend: &mut Stipend,
    creator: &str,
    between: Option<(i64, i64)>,
) -> Result<Statement, Error> {
    wallets::known(&mut stipend.db, creator)?;
    let accounts = accounts(creator);
    let mut totals: BTreeMap<String, i64> = BTreeMap::new();
    let mut opening = BTreeMap::new();
    let (mut lines, mut after, mut begun) = (Vec::new(), 0, false);
    let (from_us, to_us) = (between.map(|(from, _)| from), between.map(|(_, to)| to));
    'all: loop {
        let page = stipend.db.transfers_of(&accounts, after, PAGE)?;
        let Some((last, ..)) = page.last() else { break };
        after = *last;
        for (number, posted_us, transfer) in page {
            if to_us.is_some_and(|to_us| posted_us >= to_us) {
                break 'all;
            }
            let inside = from_us.is_none_or(|from_us| posted_us >= from_us);
            if inside && !begun {
                opening.clone_from(&totals);
                begun = true;
            }
            let line = line(creator, number, posted_us, &transfer, &mut totals);
            if inside {
                lines.push(line);
            }
        }
    }
    if !begun {
        opening.clone_from(&totals);
    }
    let creator = creator.to_owned();
    Ok(Statement { creator, from_us, to_us, opening, closing: totals, lines })
}

fn line(
    creator: &str,
    number: i64,
    posted_us: i64,
    transfer: &Transfer,
    totals: &mut BTreeMap<String, i64>,
) -> Line {
    let (from, to) = (own(&transfer.debit, creator), own(&transfer.credit, creator));
    let total = totals.entry(transfer.asset.clone()).or_default();
    if from.is_empty() {
        *total += transfer.amount;
    }
    if to.is_empty() {
        *total -= transfer.amount;
    }
    let what = match (transfer.program.is_empty(), transfer.run) {
        (true, _) => transfer.occasion().to_owned(),
        (false, 0) => "settlement".to_owned(),
        (false, _) => "correction".to_owned(),
    };
    Line {
        number,
        posted_us,
        what,
        program: transfer.program.clone(),
        day: transfer.day,
        run: transfer.run,
        asset: transfer.asset.clone(),
        from,
        to,
        amount: transfer.amount,
        total: *total,
    }
}

impl Statement {
    /// As the API shows it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let sums = |sums: &BTreeMap<String, i64>| -> Value {
            sums.iter().map(|(code, units)| (code.clone(), json!(shown(code, *units)))).collect()
        };
        json!({
            "creator": self.creator,
            "from": self.from_us.map(instant),
            "to": self.to_us.map(instant),
            "opening": sums(&self.opening),
            "closing": sums(&self.closing),
            "lines": self.lines.iter().map(Line::to_json).collect::<Vec<_>>(),
        })
    }

    /// As CSV, with cells that no spreadsheet takes for formulas.
    ///
    /// # Errors
    /// [`Error::Refused`] when it cannot be written.
    pub fn to_csv(&self) -> Result<String, Error> {
        let refuse = |error: String| Error::Refused(error);
        let mut sheet = csv::Writer::from_writer(Vec::new());
        let head = [
            "number", "posted", "what", "program", "day", "run", "currency", "from", "to",
            "amount", "total",
        ];
        sheet.write_record(head).map_err(|error| refuse(error.to_string()))?;
        for line in &self.lines {
            let row = [
                line.number.to_string(),
                instant(line.posted_us),
                payout::sheet::cell(&line.what),
                payout::sheet::cell(&line.program),
                line.day.to_string(),
                line.run.to_string(),
                line.asset.clone(),
                line.from.to_owned(),
                line.to.to_owned(),
                shown(&line.asset, line.amount),
                shown(&line.asset, line.total),
            ];
            sheet.write_record(row).map_err(|error| refuse(error.to_string()))?;
        }
        let bytes = sheet.into_inner().map_err(|error| refuse(error.to_string()))?;
        String::from_utf8(bytes).map_err(|error| refuse(error.to_string()))
    }
}

impl Line {
    fn to_json(&self) -> Value {
        json!({
            "number": self.number,
            "posted": instant(self.posted_us),
            "what": self.what,
            "program": self.program,
            "day": self.day.to_string(),
            "run": self.run,
            "currency": self.asset,
            "from": self.from,
            "to": self.to,
            "amount": shown(&self.asset, self.amount),
            "total": shown(&self.asset, self.total),
        })
    }
}
