//! Back-pay: what a wrong verdict took is computed, paid from the program's reserve, and told, once
//! (R85 to R88, I21). It changes no line of anybody: each case has rows of its own, and transfers
//! of its own.
use std::collections::BTreeMap;

use appeal::{Act, Field, State, Strike};
use kernel::{Day, Zone};
use ledger::{Account, Transfer};
use program::Reward;
use serde_json::{Value, json};
use store::{AppealRow, BackpayRow, Db, NewJob, RunRow};
use wallet::purse::{split, take_back};

use crate::dispatch::Answer;
use crate::error::Error;
use crate::settle::{self, Struck, Through};
use crate::wallet::purse_of;
use crate::workspace::Stipend;
use crate::{appeals, messages, outbox, programs};

/// What is made good in a case: which facts were wrong, from which day through which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remedy {
    pub(crate) strikes: Vec<(Struck, Strike)>,
}

impl Remedy {
    pub(crate) fn to_json(&self) -> Value {
        let one = |(struck, strike): &(Struck, Strike)| {
            let (what, id) = match struck {
                Struck::Work(work) => ("work", work),
                Struck::Creator(creator) => ("creator", creator),
            };
            let fields: Vec<&str> = strike.fields.iter().map(|field| field.word()).collect();
            json!({ "of": what, "id": id, "fields": fields, "from": strike.from.to_string(),
                    "through": strike.through.to_string() })
        };
        self.strikes.iter().map(one).collect()
    }

    /// The first and the last day on which something was wrong.
    fn time(&self) -> Option<(Day, Day)> {
        let strikes = || self.strikes.iter().map(|(_, strike)| strike);
        let first = strikes().map(|one| one.from).min()?;
        Some((first, strikes().map(|one| one.through).max()?))
    }

    pub(crate) fn of_text(text: &str) -> Remedy {
        let all: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
        let one = |value: &Value| {
            let id = value["id"].as_str()?.to_owned();
            let struck = match value["of"].as_str()? {
                "work" => Struck::Work(id),
                _ => Struck::Creator(id),
            };
            let words = value["fields"].as_array()?.iter().filter_map(Value::as_str);
            let fields = words.filter_map(Field::from_word).collect();
            let day = |name: &str| value[name].as_str()?.parse().ok();
            Some((struck, Strike { fields, from: day("from")?, through: day("through")? }))
        };
        Remedy { strikes: all.iter().filter_map(one).collect() }
    }
}

/// The job that makes a case good.
pub(crate) fn job(appeal: i64, once: &str, now_us: i64) -> NewJob {
    NewJob {
        kind: "backpay",
        subject: format!("appeal {appeal}"),
        once: format!("backpay/{appeal}/{once}"),
        payload: json!({ "appeal": appeal }).to_string(),
        due_us: now_us,
    }
}

/// Jobs, by case, of those that made a day good which a correction changed: what the verdict took
/// of it is another amount now. They are due when the correction's own money may be drawn: what
/// goes back is taken of that.
pub(crate) fn corrected(
    db: &mut Db,
    run: &RunRow,
    due_us: i64,
) -> Result<Vec<(i64, NewJob)>, Error> {
    let (program, day) = (&run.program, run.day);
    // A case reaches to the day of its decision, in whatever zone.
    let since_us = Zone::utc().start_us(day.plus(-1));
    let mut jobs = Vec::new();
    for row in db.made_good_since(since_us)? {
        let time = Remedy::of_text(&row.remedy).time();
        if time.is_some_and(|(from, through)| (from..=through).contains(&day)) {
            let once = format!("corrected/{program}/{day}/{}", run.number);
            let payload = json!({ "appeal": row.seq, "program": program }).to_string();
            jobs.push((row.seq, NewJob { payload, ..job(row.seq, &once, due_us) }));
        }
    }
    Ok(jobs)
}

/// Has a case made good once more, where somebody doubts that it was: what was done is not done
/// again.
///
/// # Errors
/// When the database fails.
pub fn again(stipend: &mut Stipend, appeal: i64, number: i64, now_us: i64) -> Result<(), Error> {
    let once = format!("again/{number}");
    stipend.db.write(|db| Ok(db.add_job(&job(appeal, &once, now_us), now_us).map(|_| ())?))
}

/// Makes a case good: computes what the verdict took, if that was not done yet, and pays what the
/// reserves allow.
pub(crate) fn run(stipend: &mut Stipend, payload: &Value, now_us: i64) -> Result<Value, Error> {
    let seq = payload["appeal"].as_i64().unwrap_or(0);
    let row = appeals::get(&mut stipend.db, seq)?;
    if State::from_word(&row.state) == Some(State::Overturned) {
        compute(stipend, &row, now_us)?;
    } else if let Some(program) = payload["program"].as_str() {
        follow(stipend, &row, program, now_us)?;
    }
    pay(stipend, seq, now_us)
}

/// What verdicts took in a program, reckoned and not paid yet.
pub(crate) struct Owed {
    pub(crate) program: String,
    pub(crate) asset: String,
    took: Vec<settle::Took>,
    cap: Option<i64>,
}

/// The first day of a program that back-pay reaches, if any of a remedy's are.
fn reach(
    version: &programs::Published,
    (first, through): (Day, Day),
    decided_us: i64,
) -> Option<Day> {
    let policy = &version.policy;
    let rules = &policy.appeals;
    let reach = policy.zone.day_of(decided_us).plus(-rules.backpay_days);
    let from = first.max(reach).max(rules.since.unwrap_or(first));
    (policy.reward != Reward::Nothing && from <= through).then_some(from)
}

/// What a remedy would bring if it were decided now, by program or in one, on the days that are
/// settled.
pub(crate) fn reckon(
    stipend: &mut Stipend,
    remedy: &Remedy,
    decided_us: i64,
    only: Option<&str>,
) -> Result<Vec<Owed>, Error> {
    let Some(time) = remedy.time() else { return Ok(Vec::new()) };
    let all = programs::all(stipend)?;
    let mut due = Vec::new();
    for version in programs::in_effect(&all, decided_us) {
        let Some(from) = reach(version, time, decided_us) else { continue };
        let program = version.row.program.clone();
        if only.is_some_and(|only| only != program) {
            continue;
        }
        let took = settle::took(stipend, &program, &remedy.strikes, (from, time.1))?;
        let asset = version.policy.asset.code().to_owned();
        due.push(Owed { program, asset, took, cap: version.policy.appeals.cap });
    }
    Ok(due)
}

fn compute(stipend: &mut Stipend, row: &AppealRow, now_us: i64) -> Result<(), Error> {
    let remedy = Remedy::of_text(&row.remedy);
    let decided_us = row.decided_us.unwrap_or(now_us);
    let Some(time) = remedy.time() else { return Ok(()) };
    let all = programs::all(stipend)?;
    for version in programs::in_effect(&all, decided_us) {
        if reach(version, time, decided_us).is_none() {
            continue;
        }
        let over_us = version.policy.zone.end_us(time.1);
        if over_us > now_us {
            // In this program's zone the last of those days is not over.
            let later = NewJob { due_us: over_us, ..job(row.seq, &time.1.to_string(), now_us) };
            return stipend.db.write(|db| Ok(db.add_job(&later, now_us).map(|_| ())?));
        }
        // The days before the decision are settled as they were known, wrong verdict and all.
        let program = Some(version.row.program.as_str());
        settle::settle(stipend, program, Through::Latest, now_us, &mut |_, _, _| {})?;
    }
    let due = reckon(stipend, &remedy, decided_us, None)?;
    stipend.db.write(|db| {
        let mut row = appeals::get(db, row.seq)?;
        if State::from_word(&row.state) != Some(State::Overturned) {
            return Ok(());
        }
        for one in due.iter().flat_map(|owed| owed.rows(row.seq, now_us)) {
            db.add_backpay(&one)?;
        }
        appeals::step(&mut row, Act::Recompute)?;
        row.changed_us = now_us;
        db.change_appeal(&row)?;
        Ok::<_, Error>(())
    })
}

/// Brings a case to what a correction made of its days: rows are added with the difference, which
/// may take back.
fn follow(stipend: &mut Stipend, row: &AppealRow, program: &str, now_us: i64) -> Result<(), Error> {
    let remedy = Remedy::of_text(&row.remedy);
    let had = stipend.db.backpays(row.seq)?;
    let decided_us = row.decided_us.unwrap_or(now_us);
    let owed = reckon(stipend, &remedy, decided_us, Some(program))?;
    let wanted = owed.iter().flat_map(|owed| owed.rows(row.seq, now_us));
    let mut changes: BTreeMap<(String, Day), BackpayRow> =
        wanted.map(|row| ((row.creator.clone(), row.day), row)).collect();
    for before in had.iter().filter(|before| before.program == program) {
        let key = (before.creator.clone(), before.day);
        let nothing = || BackpayRow { due: 0, amount: 0, number: 0, ..before.clone() };
        let change = changes.entry(key).or_insert_with(nothing);
        change.due -= before.due;
        change.amount -= before.amount;
        change.number = before.number + 1;
        change.recorded_us = now_us;
    }
    stipend.db.write(|db| {
        // Another correction was faster: this is computed again.
        if db.backpays(row.seq)? != had {
            return Err(Error::Overloaded);
        }
        for change in changes.values().filter(|change| (change.due, change.amount) != (0, 0)) {
            db.add_backpay(change)?;
        }
        Ok(())
    })
}

impl Owed {
    /// The rows of a case: all that was taken, up to the cap of each creator, by day. Days that
    /// would have brought less take off from those that would have brought more; nobody pays for an
    /// appeal that he won.
    pub(crate) fn rows(&self, appeal: i64, now_us: i64) -> Vec<BackpayRow> {
        let mut by_creator: BTreeMap<&str, Vec<(Day, i64)>> = BTreeMap::new();
        for one in self.took.iter().filter(|one| one.units != 0) {
            by_creator.entry(&one.creator).or_default().push((one.day, one.units));
        }
        let mut rows = Vec::new();
        for (creator, days) in by_creator {
            let sum: i64 = days.iter().map(|(_, units)| units).sum();
            let mut left = sum.clamp(0, self.cap.unwrap_or(i64::MAX));
            for (day, due) in days {
                let amount = due.clamp(0, left);
                left -= amount;
                rows.push(BackpayRow {
                    seq: 0,
                    appeal,
                    program: self.program.clone(),
                    creator: creator.to_owned(),
                    day,
                    number: 0,
                    asset: self.asset.clone(),
                    due,
                    amount,
                    state: "held".to_owned(),
                    recorded_us: now_us,
                    paid_us: None,
                });
            }
        }
        rows
    }
}

/// Pays what of a case is held, program by program, as far as the reserves reach.
fn pay(stipend: &mut Stipend, seq: i64, now_us: i64) -> Result<Value, Error> {
    stipend.db.write(|db| {
        let mut sums: BTreeMap<(String, String, String), (i64, i64)> = BTreeMap::new();
        let rows = db.backpays(seq)?;
        for row in rows.iter().filter(|row| row.state == "held") {
            let key = (row.program.clone(), row.creator.clone(), row.asset.clone());
            let (units, last) = sums.entry(key).or_default();
            *units += row.amount;
            *last = row.seq.max(*last);
        }
        let mut short = false;
        for ((program, creator, asset), (units, last)) in sums {
            let of = (seq, program.as_str(), creator.as_str());
            let reserve = Account::Backpay { program: program.clone() };
            let there = db.balance(&reserve, &asset)?;
            if units > 0 && there < units {
                alarm(db, (seq, last), &program, &asset, (units, there), now_us)?;
                short = true;
                continue;
            }
            let paid = |row: &BackpayRow| row.program == program && row.creator == creator;
            let again = rows.iter().any(|row| row.state == "paid" && paid(row));
            // Rows are paid once, so the last of them tells a later payment from all others.
            let occasion = match again {
                true => format!("backpay-again/{seq}/{last}"),
                false => format!("backpay/{seq}/{program}/{creator}"),
            };
            if units < 0 {
                take_out(db, of, &occasion, (&asset, -units), now_us)?;
            } else {
                move_in(db, of, &occasion, (&asset, units), now_us)?;
            }
            db.pay_backpay(of, now_us)?;
        }
        let mut row = appeals::get(db, seq)?;
        let state = State::from_word(&row.state);
        if !short && state == Some(State::Recomputed) {
            appeals::step(&mut row, Act::Pay)?;
            row.changed_us = now_us;
            db.change_appeal(&row)?;
            outbox::emit(db, "appeal.changed", &row.creator, &appeals::to_json(&row), now_us)?;
        }
        Ok(json!({ "appeal": seq, "state": row.state }))
    })
}

/// The money comes into the wallet: debts first, the rest is drawable.
fn move_in(
    db: &mut Db,
    (appeal, program, creator): (i64, &str, &str),
    occasion: &str,
    (asset, units): (&str, i64),
    now_us: i64,
) -> Result<(), Error> {
    let reserve = Account::Backpay { program: program.to_owned() };
    let day = Zone::utc().day_of(now_us);
    let owner = || creator.to_owned();
    let parts = split(units, purse_of(db, creator, asset)?.owed, kernel::Ppm::ZERO);
    let legs = [
        ("repaid", Account::Owed { creator: owner() }, parts.repaid),
        ("available", Account::Available { creator: owner() }, parts.available),
    ];
    let transfers: Vec<Transfer> = legs
        .into_iter()
        .filter_map(|(leg, to, units)| {
            Transfer::of_wallet((occasion, leg), (reserve.clone(), to), asset, units, day)
        })
        .collect();
    if !transfers.is_empty() {
        db.post(occasion, &transfers, now_us)?;
    }
    if units > 0 {
        let amount = kernel::money::shown(asset, units);
        let facts = json!({ "appeal": appeal, "program": program, "amount": amount,
                            "currency": asset });
        outbox::emit(db, "backpay.paid", creator, &facts, now_us)?;
        messages::send(db, &format!("creator:{creator}"), "backpay-paid", &facts, now_us)?;
    }
    Ok(())
}

/// A correction made days smaller that had been made good: what was paid too much goes back to the
/// reserve, as corrections take from anybody (N7).
fn take_out(
    db: &mut Db,
    (appeal, program, creator): (i64, &str, &str),
    occasion: &str,
    (asset, units): (&str, i64),
    now_us: i64,
) -> Result<(), Error> {
    let day = Zone::utc().day_of(now_us);
    let transfers: Vec<Transfer> = take_back(&purse_of(db, creator, asset)?, units)
        .into_iter()
        .filter_map(|(state, units)| {
            let reserve = Account::Backpay { program: program.to_owned() };
            let accounts = (state.account(creator), reserve);
            Transfer::of_wallet((occasion, state.word()), accounts, asset, units, day)
        })
        .collect();
    db.post(occasion, &transfers, now_us)?;
    let facts = json!({ "appeal": appeal, "program": program, "currency": asset,
                        "amount": kernel::money::shown(asset, units) });
    outbox::emit(db, "backpay.corrected", creator, &facts, now_us)?;
    messages::send(db, &format!("creator:{creator}"), "backpay-corrected", &facts, now_us)?;
    Ok(())
}

/// A reserve is too small: its program's alarm, once for a case; the money is held, never dropped.
fn alarm(
    db: &mut Db,
    (appeal, last): (i64, i64),
    program: &str,
    asset: &str,
    (needed, there): (i64, i64),
    now_us: i64,
) -> Result<(), Error> {
    let once = format!("backpay-short/{appeal}/{program}/{last}");
    if db.setting(&once)?.is_some() {
        return Ok(());
    }
    db.set_setting(&once, "1")?;
    let shown = |units| kernel::money::shown(asset, units);
    let facts = json!({ "appeal": appeal, "program": program, "currency": asset,
                        "needed": shown(needed), "there": shown(there) });
    outbox::emit(db, "backpay.short", program, &facts, now_us)?;
    for role in ["role:finance-maker", "role:program-manager"] {
        messages::send(db, role, "backpay-short", &facts, now_us)?;
    }
    Ok(())
}

/// Puts money of a program into its reserve for back-pay, or, below nought, takes it out; what
/// waits for it is tried again.
pub(crate) fn fund(
    db: &mut Db,
    program: &str,
    amount: &str,
    key: &str,
    now_us: i64,
) -> Result<Answer, Error> {
    let missing = || Error::Missing(format!("there is no program `{program}`"));
    let mut rows = db.policies()?.into_iter();
    let row = rows.rfind(|row| row.program == program).ok_or_else(missing)?;
    let asset = program::Policy::parse(&row.document)?.asset;
    let units = asset.parse(amount).map_err(|error| Error::Refused(error.to_string()))?;
    let reserve = Account::Backpay { program: program.to_owned() };
    let funding = Account::Funding { program: program.to_owned() };
    let accounts = if units > 0 { (funding, reserve.clone()) } else { (reserve.clone(), funding) };
    let there = db.balance(&reserve, asset.code())?;
    if units < 0 && there < -units {
        let text = format!("the reserve of {program} has {} {asset}", asset.format(there));
        return Err(Error::conflict("not_enough", text));
    }
    let occasion = format!("backpay-reserve/{key}");
    let (size, day) = (units.checked_abs().unwrap_or(0), Zone::utc().day_of(now_us));
    let moved = Transfer::of_wallet((&occasion, "fund"), accounts, asset.code(), size, day);
    let moved = moved.ok_or_else(|| Error::Refused("`amount` is not nought".to_owned()))?;
    db.post(&occasion, &[moved], now_us)?;
    for appeal in db.held_backpays()? {
        db.add_job(&job(appeal, key, now_us), now_us)?;
    }
    let has = db.balance(&reserve, asset.code())?;
    let body = json!({ "program": program, "currency": asset.code(),
                       "amount": asset.format(units), "has": asset.format(has) });
    outbox::emit(db, "backpay.funded", program, &body, now_us)?;
    Ok(Answer::new(200, &body))
}

/// A row as the API shows it.
#[must_use]
pub fn to_json(row: &BackpayRow) -> Value {
    let shown = |units| kernel::money::shown(&row.asset, units);
    json!({
        "appeal": row.appeal,
        "program": row.program,
        "creator": row.creator,
        "day": row.day.to_string(),
        "number": row.number,
        "currency": row.asset,
        "taken": shown(row.due),
        "amount": shown(row.amount),
        "state": row.state,
        "computed": kernel::day::instant(row.recorded_us),
        "paid": row.paid_us.map(kernel::day::instant),
    })
}
