//! Income becomes drawable: when its time of waiting is over it pays debts first, the reserve keeps
//! its share, the rest is available (R90, R91, N7). And the other way: what a correction takes back
//! from a day that was released is covered by the wallet.
use std::collections::BTreeMap;

use kernel::{Day, Zone};
use ledger::{Account, Transfer};
use serde_json::{Value, json};
use settlement::Line;
use store::{Db, NewJob, ReserveRow, RunRow};
use wallet::purse::{Purse, split, take_back};

use crate::copyright::{self, OfDay};
use crate::error::Error;
use crate::wallet::purse_of;
use crate::workspace::Stipend;
use crate::{failpoint, outbox, programs, terms};

const DAY_US: i64 = 24 * kernel::day::HOUR_US;
/// Parts of reserves that one job releases.
const RESERVES: i64 = 10_000;

/// The job that releases a run's money, due when it may be drawn.
pub(crate) fn job(db: &mut Db, run: &RunRow) -> Result<NewJob, Error> {
    let pending =
        terms::maybe(db)?.map_or(0, |published| published.terms.income(&run.program).pending_days);
    let (program, day, number) = (&run.program, run.day, run.number);
    Ok(NewJob {
        kind: "release",
        subject: program.clone(),
        once: format!("release/{program}/{day}/{number}"),
        payload: json!({ "day": day.to_string() }).to_string(),
        due_us: run.publish_us + i64::from(pending) * DAY_US,
    })
}

/// Adds the jobs of runs that have none: of settlements from before there were wallets.
pub(crate) fn backlog(stipend: &mut Stipend, now_us: i64) -> Result<Value, Error> {
    let mut names: Vec<String> =
        programs::all(stipend)?.into_iter().map(|version| version.row.program).collect();
    names.dedup();
    let mut added = 0;
    for name in names {
        for run in stipend.db.runs(&name)? {
            if stipend.db.last_release(&name, run.day)? >= run.number {
                continue;
            }
            let job = job(&mut stipend.db, &run)?;
            if stipend.db.find_job(&job.once)?.is_none() {
                stipend.db.write(|db| db.add_job(&job, now_us))?;
                added += 1;
            }
        }
    }
    Ok(json!({ "added": added }))
}

/// What each creator has pending of some runs of one day, in order: what a later run takes back is
/// taken of what earlier ones gave; more than that was covered by the wallet when it was posted.
fn pending(stipend: &Stipend, runs: &[RunRow]) -> Result<BTreeMap<String, i64>, Error> {
    let mut pending: BTreeMap<String, i64> = BTreeMap::new();
    for run in runs {
        let table = lake::Table::read_parquet(&stipend.lake().join(&run.lines_path))?;
        let (creators, amounts) = (table.texts("creator")?, table.ints("amount")?);
        for (creator, amount) in creators.iter().zip(amounts) {
            let there = pending.entry(creator.to_string()).or_default();
            *there = (*there + amount).max(0);
        }
    }
    pending.retain(|_, amount| *amount > 0);
    Ok(pending)
}

/// Releases all runs of a day that were posted and not released.
pub(crate) fn run(
    stipend: &mut Stipend,
    program: &str,
    payload: &Value,
    now_us: i64,
) -> Result<Value, Error> {
    let gone = || Error::Missing(format!("the program `{program}` has no such run: {payload}"));
    let day: Day = payload["day"].as_str().and_then(|day| day.parse().ok()).ok_or_else(gone)?;
    let versions = programs::versions(stipend, Some(program))?;
    let policy = &versions.last().ok_or_else(gone)?.policy;
    let (asset, unit) = (policy.asset.clone(), policy.scale.units());
    let last = stipend.db.last_release(program, day)?;
    let all = stipend.db.runs_between(program, (day, day))?;
    let runs: Vec<RunRow> = all.into_iter().filter(|run| run.number > last).collect();
    let Some((newest, through)) = runs.last().map(|run| (run, run.number)) else {
        return Ok(json!({ "released": 0 }));
    };
    let amounts = pending(stipend, &runs)?;
    let claims = stipend.db.standing_copyrights(day)?;
    let touched = stipend.db.copyright_parts_of_day(program, day)?;
    let mut of_day = claims.clone();
    of_day.retain(|claim| {
        let earns = amounts.contains_key(&claim.creator);
        earns || touched.iter().any(|part| part.claim == claim.seq)
    });
    let wanted = copyright::wanted(stipend, of_day, newest, unit)?;
    let occasion = format!("release/{program}/{day}/{through}");
    let count = stipend.db.write(|db| {
        // Another worker may have been faster, or a correction came meanwhile: the job is done
        // again, and sees both.
        let runs_now = db.runs_between(program, (day, day))?.last().map(|run| run.number);
        if db.last_release(program, day)? != last
            || runs_now != Some(through)
            || db.standing_copyrights(day)? != claims
        {
            return Err(Error::Overloaded);
        }
        let mut amounts = amounts.clone();
        let of = OfDay { program, day, number: through, asset: asset.code() };
        copyright::follow(db, &wanted, &of, &mut amounts, now_us)?;
        amounts.retain(|_, amount| *amount > 0);
        let (transfers, kept) =
            given_out(db, program, &amounts, (&occasion, asset.code()), now_us)?;
        for run in &runs {
            db.add_release(program, day, run.number, now_us)?;
        }
        for one in &kept {
            db.add_reserve(one)?;
        }
        if !transfers.is_empty() {
            db.post(&occasion, &transfers, now_us)?;
        }
        let told = json!({ "program": program, "day": day.to_string(), "number": through,
                           "creators": amounts.len() });
        outbox::emit(db, "day.released", &format!("{program}/{day}"), &told, now_us)?;
        failpoint::reach("release:before-commit");
        Ok(amounts.len())
    })?;
    failpoint::reach("release:after-commit");
    Ok(json!({ "released": count }))
}

/// What of each creator's income goes where: transfers, and parts that are kept in reserve.
fn given_out(
    db: &mut Db,
    program: &str,
    amounts: &BTreeMap<String, i64>,
    (occasion, asset): (&str, &str),
    now_us: i64,
) -> Result<(Vec<Transfer>, Vec<ReserveRow>), Error> {
    let utc = Zone::utc().day_of(now_us);
    let income = terms::maybe(db)?.map(|published| published.terms.income(program));
    let debts = debts(db, asset)?;
    let mut transfers = Vec::new();
    let mut kept = Vec::new();
    for (creator, amount) in amounts {
        let owed = debts.get(creator).copied().unwrap_or(0);
        let share = income.as_ref().map_or(kernel::Ppm::ZERO, |income| income.reserve.0);
        let parts = split(*amount, owed, share);
        let owner = || creator.clone();
        let mut add = |leg: &str, to: Account, units: i64| {
            let leg = format!("{leg}/{creator}");
            let accounts = (Account::Earned { creator: owner() }, to);
            transfers.extend(Transfer::of_wallet((occasion, &leg), accounts, asset, units, utc));
        };
        add("repaid", Account::Owed { creator: owner() }, parts.repaid);
        add("reserve", Account::Reserve { creator: owner() }, parts.reserved);
        add("available", Account::Available { creator: owner() }, parts.available);
        if parts.reserved > 0 {
            let days = income.as_ref().map_or(0, |income| income.reserve_days);
            kept.push(ReserveRow {
                seq: 0,
                creator: owner(),
                asset: asset.to_owned(),
                amount: parts.reserved,
                occasion: occasion.to_owned(),
                due_us: now_us + i64::from(days) * DAY_US,
            });
        }
    }
    Ok((transfers, kept))
}

/// What creators owe in an asset.
fn debts(db: &mut Db, asset: &str) -> Result<BTreeMap<String, i64>, Error> {
    let mut debts = BTreeMap::new();
    for balance in db.owing()? {
        if let Ok(Account::Owed { creator }) = balance.account.parse()
            && balance.asset == asset
        {
            debts.insert(creator, balance.debits - balance.credits);
        }
    }
    Ok(debts)
}

/// Releases parts of reserves whose time is over: what is left of them pays debts first.
pub(crate) fn reserves(stipend: &mut Stipend, now_us: i64) -> Result<Value, Error> {
    let utc = Zone::utc().day_of(now_us);
    stipend.db.write(|db| {
        let due = db.reserves_due(now_us, RESERVES)?;
        for row in &due {
            let creator = || row.creator.clone();
            let purse = purse_of(db, &row.creator, &row.asset)?;
            let parts = split(row.amount.min(purse.reserve), purse.owed, kernel::Ppm::ZERO);
            let occasion = format!("reserve/{}", row.seq);
            let reserve = || Account::Reserve { creator: creator() };
            let legs = [
                ("repaid", Account::Owed { creator: creator() }, parts.repaid),
                ("available", Account::Available { creator: creator() }, parts.available),
            ];
            let transfers: Vec<Transfer> = legs
                .into_iter()
                .filter_map(|(leg, to, units)| {
                    let accounts = (reserve(), to);
                    Transfer::of_wallet((&occasion, leg), accounts, &row.asset, units, utc)
                })
                .collect();
            db.release_reserve(row.seq, now_us)?;
            if !transfers.is_empty() {
                db.post(&occasion, &transfers, now_us)?;
            }
        }
        Ok(json!({ "released": due.len() }))
    })
}

/// Covers what corrections take back: a run's own transfers take it from what is pending, and what
/// is not pending any more is moved there first, from what is available, the reserve, what is held;
/// the rest is a debt (N7). Gives the transfers that do so.
pub(crate) struct Cover {
    purses: BTreeMap<String, Purse>,
}

impl Cover {
    pub(crate) fn new() -> Cover {
        Cover { purses: BTreeMap::new() }
    }

    /// For one run, `earlier` being what each creator has pending of the day's runs before it.
    pub(crate) fn of_run(
        &mut self,
        db: &mut Db,
        run: &RunRow,
        asset: &str,
        changes: &[(Line, Line)],
        earlier: &Earlier,
        now_us: i64,
    ) -> Result<Vec<Transfer>, Error> {
        // A release came meanwhile: the settlement is done again, and sees it.
        if db.last_release(&run.program, run.day)? != earlier.released {
            return Err(Error::Overloaded);
        }
        let mut transfers = Vec::new();
        let occasion = format!("recover/{}/{}/{}", run.program, run.day, run.number);
        let utc = Zone::utc().day_of(now_us);
        for (before, after) in changes {
            let taken = before.paid - after.paid;
            let creator = after.creator.as_str();
            let missing = taken - earlier.pending.get(creator).copied().unwrap_or(0);
            if missing <= 0 {
                continue;
            }
            let purse = match self.purses.get(creator) {
                Some(purse) => *purse,
                None => purse_of(db, creator, asset)?,
            };
            let mut left = purse;
            for (state, units) in take_back(&purse, missing) {
                use wallet::purse::State as S;
                match state {
                    S::Available => left.available -= units,
                    S::Reserve => left.reserve -= units,
                    S::Held => left.held -= units,
                    S::Owed => left.owed += units,
                }
                let leg = format!("{}/{creator}", state.word());
                let earned = Account::Earned { creator: creator.to_owned() };
                let accounts = (state.account(creator), earned);
                let leg = (occasion.as_str(), leg.as_str());
                transfers.extend(Transfer::of_wallet(leg, accounts, asset, units, utc));
            }
            self.purses.insert(creator.to_owned(), left);
        }
        Ok(transfers)
    }
}

/// What each creator has pending of a day's runs before one.
pub(crate) fn earlier(
    stipend: &mut Stipend,
    run: &RunRow,
    runs: &[RunRow],
) -> Result<Earlier, Error> {
    let released = stipend.db.last_release(&run.program, run.day)?;
    let last = released;
    let before: Vec<RunRow> =
        runs.iter().filter(|one| one.number > last && one.number < run.number).cloned().collect();
    Ok(Earlier { released, pending: pending(stipend, &before)? })
}

/// What creators have pending of a day's runs, and through which run it was released then.
pub(crate) struct Earlier {
    released: i64,
    pending: BTreeMap<String, i64>,
}

/// For the tables of lines.
pub(crate) fn takes(changes: &[(Line, Line)]) -> bool {
    changes.iter().any(|(before, after)| after.paid < before.paid)
}
