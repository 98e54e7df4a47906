//! Copyright claims (N19): what a claimed work earns is held while the claim is looked at, and goes
//! to the claimant where it is right. A claim's part of a day follows the day's line: it is taken
//! when the day is released, again at each correction, and never of anything but the line as it
//! stands (docs/adr/0023).
use std::collections::BTreeMap;

use ::appeal::copyright::{Act, State, part};
use kernel::day::instant;
use kernel::money::{format_decimal, shown};
use kernel::{Day, Ppm, Zone};
use ledger::{Account, Transfer};
use serde_json::{Value, json};
use store::{CopyrightPartRow, CopyrightRow, Db, NewJob, RunRow};
use wallet::purse::{Purse, accounts, purses, split, take_back};

use crate::dispatch::Answer;
use crate::error::Error;
use crate::workspace::Stipend;
use crate::{messages, outbox, programs, terms, works};

/// A claim reaches back so many days at most: each day's table is read.
const BACK_DAYS: i32 = 31;
/// Of days that were released before it was filed a claim is served by what is available.
const FILED: &str = "copyright";

/// Something done with copyright claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Somebody says that a work, or a share of it, is his.
    File {
        /// The work.
        work: String,
        /// Who: a creator.
        claimant: String,
        /// How much of it: above nought, at most one.
        share: Ppm,
        /// Of which day on; today, if left out.
        from: Option<Day>,
        /// What he says.
        words: String,
    },
    /// The work's creator says that it is right.
    Accept {
        /// Who.
        creator: String,
        /// Its number.
        id: i64,
    },
    /// The work's creator says why it is wrong.
    Object {
        /// Who.
        creator: String,
        /// Its number.
        id: i64,
        /// Why.
        words: String,
    },
    /// An officer answers.
    Decide {
        /// Its number.
        id: i64,
        /// Who.
        by: String,
        /// Whether it is right.
        upheld: bool,
        /// The answer, for both.
        text: String,
    },
    /// The claimant takes it back.
    Withdraw {
        /// Its number.
        id: i64,
    },
}

/// An officer's answer to a claim.
pub(crate) const DECIDE: &str = "copyright.decide";

impl Change {
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Change::File { .. } => "copyright.file",
            Change::Accept { .. } => "copyright.accept",
            Change::Object { .. } => "copyright.object",
            Change::Decide { .. } => DECIDE,
            Change::Withdraw { .. } => "copyright.withdraw",
        }
    }

    pub(crate) fn subject(&self) -> String {
        match self {
            Change::File { work, .. } => format!("work {work}"),
            Change::Accept { id, .. }
            | Change::Object { id, .. }
            | Change::Decide { id, .. }
            | Change::Withdraw { id } => format!("copyright claim {id}"),
        }
    }

    pub(crate) fn document(&self) -> Option<Value> {
        let Change::Decide { id, by, upheld, text } = self else { return None };
        Some(json!({ "claim": id, "by": by, "upheld": upheld, "text": text }))
    }

    pub(crate) fn of_document(document: &Value) -> Option<Change> {
        Some(Change::Decide {
            id: document["claim"].as_i64()?,
            by: document["by"].as_str()?.to_owned(),
            upheld: document["upheld"].as_bool()?,
            text: document["text"].as_str()?.to_owned(),
        })
    }

    pub(crate) fn run(&self, db: &mut Db, actor: &str, now_us: i64) -> Result<Answer, Error> {
        match self {
            Change::File { work, claimant, share, from, words } => {
                let new = (work.as_str(), claimant.as_str(), *share, *from, words.as_str());
                file(db, actor, new, now_us)
            }
            Change::Accept { creator, id } => {
                let row = own(db, creator, *id)?;
                end(db, row, Act::Uphold, (&format!("creator:{creator}"), ""), now_us)
            }
            Change::Object { creator, id, words } => {
                let mut row = own(db, creator, *id)?;
                if row.state != State::Open.word() {
                    return Err(over(&row));
                }
                row.objection.clone_from(words);
                keep(db, row, now_us)
            }
            Change::Decide { id, by, upheld, text } => {
                let row = get(db, *id)?;
                if row.filed_by == *by {
                    let text = "who filed a claim does not decide it: another officer has to";
                    return Err(Error::conflict("own_decision", text));
                }
                let act = if *upheld { Act::Uphold } else { Act::Reject };
                end(db, row, act, (by, text), now_us)
            }
            Change::Withdraw { id } => {
                let row = get(db, *id)?;
                end(db, row, Act::Withdraw, (actor, ""), now_us)
            }
        }
    }
}

fn get(db: &mut Db, seq: i64) -> Result<CopyrightRow, Error> {
    db.copyright(seq)?.ok_or_else(|| Error::Missing(format!("there is no copyright claim {seq}")))
}

/// A claim on a creator's own work; one on another's looks like one that there is not.
fn own(db: &mut Db, creator: &str, seq: i64) -> Result<CopyrightRow, Error> {
    let row = db.copyright(seq)?.filter(|row| row.creator == creator);
    row.ok_or_else(|| Error::Missing(format!("there is no copyright claim {seq}")))
}

fn over(row: &CopyrightRow) -> Error {
    Error::conflict("wrong_state", format!("the copyright claim {} is {}", row.seq, row.state))
}

fn is_open(row: &CopyrightRow) -> bool {
    row.state == State::Open.word()
}

fn keep(db: &mut Db, mut row: CopyrightRow, now_us: i64) -> Result<Answer, Error> {
    row.changed_us = now_us;
    db.change_copyright(&row)?;
    let body = to_json(&row);
    outbox::emit(db, "copyright.changed", &row.work, &body, now_us)?;
    Ok(Answer::new(200, &body))
}

fn file(
    db: &mut Db,
    actor: &str,
    (work, claimant, share, from, words): (&str, &str, Ppm, Option<Day>, &str),
    now_us: i64,
) -> Result<Answer, Error> {
    let today = Zone::utc().day_of(now_us);
    let versions = db.work_versions(work)?;
    let held = catalog::as_of(&versions, today).and_then(|facts| facts.creator.clone());
    let creator =
        held.ok_or_else(|| Error::Missing(format!("no work `{work}` with a creator is known")))?;
    crate::wallet::known(db, claimant)?;
    let refuse = |text: String| Err(Error::Refused(text));
    if claimant == creator {
        return refuse(format!("`{work}` is the claimant's own work"));
    }
    if share == Ppm::ZERO || share > Ppm::ONE {
        return refuse(format!("a share of {share}: it is above 0, and at most 1"));
    }
    let from = from.unwrap_or(today);
    if from > today || from < today.plus(-BACK_DAYS) {
        let first = today.plus(-BACK_DAYS);
        return refuse(format!("`from` is {from}: name a day from {first} through {today}"));
    }
    let standing = db.standing_copyrights_of(&creator)?;
    let of_work = standing.iter().filter(|row| row.work == work);
    let taken: u32 = of_work.map(|row| row.share.parts()).sum();
    if taken + share.parts() > Ppm::ONE.parts() {
        let left = Ppm::of(Ppm::ONE.parts().saturating_sub(taken));
        let text = format!("other claims on `{work}` leave a share of {left}: decide them first");
        return Err(Error::conflict("taken", text));
    }
    let mut row = CopyrightRow {
        seq: 0,
        work: work.to_owned(),
        creator,
        claimant: claimant.to_owned(),
        share,
        from,
        state: State::Open.word().to_owned(),
        words: words.to_owned(),
        objection: String::new(),
        filed_by: actor.to_owned(),
        decided_by: String::new(),
        decided_us: None,
        answer: String::new(),
        told: false,
        created_us: now_us,
        changed_us: now_us,
    };
    row.seq = db.add_copyright(&row)?;
    let job = NewJob {
        kind: FILED,
        subject: work.to_owned(),
        once: format!("copyright/{}", row.seq),
        payload: json!({ "claim": row.seq }).to_string(),
        due_us: now_us,
    };
    db.add_job(&job, now_us)?;
    let body = to_json(&row);
    outbox::emit(db, "copyright.changed", &row.work, &body, now_us)?;
    tell(db, &row.creator, "copyright-filed", &row, "", now_us)?;
    Ok(Answer::new(201, &body))
}

/// A share as people read it, like `12.5`.
#[must_use]
pub fn percent(share: Ppm) -> String {
    let text = format_decimal(i64::from(share.parts()), 4);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn tell(
    db: &mut Db,
    creator: &str,
    kind: &str,
    row: &CopyrightRow,
    amount: &str,
    now_us: i64,
) -> Result<(), Error> {
    let facts = json!({
        "claim": row.seq, "work": row.work, "share": percent(row.share), "amount": amount,
        "from": row.from.to_string(), "words": row.words, "text": row.answer,
    });
    Ok(messages::send(db, &format!("creator:{creator}"), kind, &facts, now_us)?)
}

/// Ends an open claim, or takes an upheld one back: what it held goes where it belongs.
fn end(
    db: &mut Db,
    mut row: CopyrightRow,
    act: Act,
    (by, text): (&str, &str),
    now_us: i64,
) -> Result<Answer, Error> {
    let was_open = is_open(&row);
    let state = State::from_word(&row.state).ok_or_else(|| over(&row))?;
    let after = state.on(act).map_err(|error| Error::conflict("wrong_state", error.to_string()))?;
    let owner = if after == State::Upheld { row.claimant.clone() } else { row.creator.clone() };
    let mut moved = Vec::new();
    if was_open {
        let mut sums: BTreeMap<String, i64> = BTreeMap::new();
        for part in db.copyright_parts(row.seq)? {
            *sums.entry(part.asset).or_default() += part.amount;
        }
        let occasion = format!("copyright/{}/{after}", row.seq);
        for (asset, sum) in sums {
            let held = Account::Held { creator: row.creator.clone() };
            // What was taken back meanwhile is not there.
            let units = sum.min(db.balance(&held, &asset)?);
            let day = Zone::utc().day_of(now_us);
            let occasion = format!("{occasion}/{asset}");
            give(db, &occasion, (held, &owner), (&asset, units, day), now_us)?;
            if units > 0 {
                moved.push(format!("{} {asset}", shown(&asset, units)));
            }
        }
    }
    after.word().clone_into(&mut row.state);
    by.clone_into(&mut row.decided_by);
    text.clone_into(&mut row.answer);
    row.decided_us = Some(now_us);
    let amount = if moved.is_empty() { "0".to_owned() } else { moved.join(", ") };
    let (creator, claimant) = (row.creator.clone(), row.claimant.clone());
    let answer = keep(db, row.clone(), now_us)?;
    if after == State::Upheld {
        tell(db, &creator, "copyright-upheld", &row, &amount, now_us)?;
        tell(db, &claimant, "copyright-won", &row, &amount, now_us)?;
    } else {
        tell(db, &creator, "copyright-lifted", &row, &amount, now_us)?;
        tell(db, &claimant, "copyright-lost", &row, &amount, now_us)?;
    }
    Ok(answer)
}

/// Money that becomes somebody's to draw: it pays his debts first.
fn give(
    db: &mut Db,
    occasion: &str,
    (from, to): (Account, &str),
    (asset, units, day): (&str, i64, Day),
    now_us: i64,
) -> Result<(), Error> {
    let parts = split(units.max(0), purse(db, to, asset)?.owed, Ppm::ZERO);
    let owner = || to.to_owned();
    let legs = [
        ("repaid", Account::Owed { creator: owner() }, parts.repaid),
        ("available", Account::Available { creator: owner() }, parts.available),
    ];
    let transfers: Vec<Transfer> = legs
        .into_iter()
        .filter_map(|(leg, account, units)| {
            Transfer::of_wallet((occasion, leg), (from.clone(), account), asset, units, day)
        })
        .collect();
    if !transfers.is_empty() {
        db.post(occasion, &transfers, now_us)?;
    }
    Ok(())
}

fn purse(db: &mut Db, creator: &str, asset: &str) -> Result<Purse, Error> {
    let all = purses(&db.balances_of(&accounts(creator))?);
    Ok(all.get(asset).copied().unwrap_or_default())
}

/// What a claim should have of a day, computed of the day's tables.
pub(crate) struct Wanted {
    pub(crate) claim: CopyrightRow,
    units: i64,
}

/// What standing claims should have of a day as it stands after a run; `unit` is what its program
/// settles to.
pub(crate) fn wanted(
    stipend: &mut Stipend,
    claims: &[CopyrightRow],
    run: &RunRow,
    unit: i64,
) -> Result<Vec<Wanted>, Error> {
    let mut found = Vec::new();
    let mut parts = BTreeMap::new();
    for claim in claims {
        let creator = &claim.creator;
        if !parts.contains_key(creator) {
            parts.insert(creator.clone(), works::of_day(stipend, run, creator, unit)?);
        }
        let of_work = parts.get(creator).and_then(|works| works.get(&claim.work)).copied();
        let units = part(of_work.unwrap_or(0), claim.share);
        found.push(Wanted { claim: claim.clone(), units });
    }
    Ok(found)
}

/// A day as claims see it.
pub(crate) struct OfDay<'a> {
    pub(crate) program: &'a str,
    pub(crate) day: Day,
    /// The run through which it is released.
    pub(crate) number: i64,
    pub(crate) asset: &'a str,
}

/// Brings what a claim has of a day to what it should have: more is taken of what is `there` on an
/// account of the creator's, and is held or becomes the claimant's; what is too much goes back.
pub(crate) fn follow(
    db: &mut Db,
    wanted: &Wanted,
    of: &OfDay<'_>,
    (from, there): (Account, &mut i64),
    now_us: i64,
) -> Result<(), Error> {
    let claim = &wanted.claim;
    let parts = db.copyright_parts(claim.seq)?;
    let of_day = || parts.iter().filter(|part| part.program == of.program && part.day == of.day);
    if of_day().any(|part| part.number == of.number) {
        return Ok(());
    }
    let change = wanted.units - of_day().map(|part| part.amount).sum::<i64>();
    let change = change.min(*there);
    if change == 0 {
        return Ok(());
    }
    let (asset, utc) = (of.asset, Zone::utc().day_of(now_us));
    db.add_copyright_part(&CopyrightPartRow {
        claim: claim.seq,
        program: of.program.to_owned(),
        day: of.day,
        number: of.number,
        asset: asset.to_owned(),
        amount: change,
        recorded_us: now_us,
    })?;
    let occasion = format!("copyright/{}/{}/{}/{}", claim.seq, of.program, of.day, of.number);
    let held = || Account::Held { creator: claim.creator.clone() };
    match (is_open(claim), change > 0) {
        (true, true) => {
            *there -= change;
            let leg = (occasion.as_str(), "held");
            let moved = Transfer::of_wallet(leg, (from, held()), asset, change, utc);
            db.post(&occasion, &moved.into_iter().collect::<Vec<_>>(), now_us)?;
        }
        (false, true) => {
            *there -= change;
            give(db, &occasion, (from, &claim.claimant), (asset, change, utc), now_us)?;
        }
        (true, false) => {
            // What the correction took of the held money itself is gone already.
            let left = db.balance(&held(), asset)? - kept(db, &claim.creator, asset)?;
            let units = left.min(-change);
            give(db, &occasion, (held(), &claim.creator), (asset, units, utc), now_us)?;
        }
        (false, false) => back(db, claim, &occasion, (asset, -change, utc), now_us)?,
    }
    Ok(())
}

/// What holds and open claims keep of a creator's held money.
fn kept(db: &mut Db, creator: &str, asset: &str) -> Result<i64, Error> {
    let holds = db.holds_of(creator)?;
    let open = holds.iter().filter(|hold| hold.released_us.is_none() && hold.asset == asset);
    let mut sum: i64 = open.map(|hold| hold.amount).sum();
    for claim in db.standing_copyrights_of(creator)?.iter().filter(|claim| is_open(claim)) {
        let parts = db.copyright_parts(claim.seq)?;
        sum += parts.iter().filter(|part| part.asset == asset).map(|part| part.amount).sum::<i64>();
    }
    Ok(sum)
}

/// A correction made a day smaller of which the claimant had a part: he gives it back, as anybody
/// does of whom a correction takes (N7).
fn back(
    db: &mut Db,
    claim: &CopyrightRow,
    occasion: &str,
    (asset, units, day): (&str, i64, Day),
    now_us: i64,
) -> Result<(), Error> {
    let purse = purse(db, &claim.claimant, asset)?;
    let transfers: Vec<Transfer> = take_back(&purse, units)
        .into_iter()
        .filter_map(|(state, units)| {
            let to = Account::Available { creator: claim.creator.clone() };
            let accounts = (state.account(&claim.claimant), to);
            Transfer::of_wallet((occasion, state.word()), accounts, asset, units, day)
        })
        .collect();
    db.post(occasion, &transfers, now_us)?;
    Ok(())
}

/// Serves a claim that was filed of the days that were released before, as far as what they brought
/// is still available.
pub(crate) fn run(stipend: &mut Stipend, payload: &Value, now_us: i64) -> Result<Value, Error> {
    let claim = get(&mut stipend.db, payload["claim"].as_i64().unwrap_or(0))?;
    let mut days = 0;
    let mut newest: Vec<(String, i64, String)> = Vec::new();
    for version in programs::newest(&programs::all(stipend)?) {
        let policy = &version.policy;
        let asset = policy.asset.code().to_owned();
        newest.push((version.row.program.clone(), policy.scale.units(), asset));
    }
    for (program, unit, asset) in newest {
        let through = Zone::utc().day_of(now_us).plus(1);
        for run in stipend.db.runs_between(&program, (claim.from, through))? {
            let (day, number) = (run.day, run.number);
            if stipend.db.last_release(&program, day)? != number {
                continue;
            }
            let wanted = wanted(stipend, std::slice::from_ref(&claim), &run, unit)?;
            let of = OfDay { program: &program, day, number, asset: &asset };
            stipend.db.write(|db| {
                same(db, &wanted)?;
                if db.last_release(&program, day)? != number {
                    return Err(Error::Overloaded);
                }
                let from = Account::Available { creator: claim.creator.clone() };
                for one in &wanted {
                    let mut there = db.balance(&from, &asset)?.max(0);
                    follow(db, one, &of, (from.clone(), &mut there), now_us)?;
                }
                Ok(())
            })?;
            days += 1;
        }
    }
    Ok(json!({ "days": days }))
}

/// Claims were decided meanwhile: what was computed for them is computed again.
pub(crate) fn same(db: &mut Db, wanted: &[Wanted]) -> Result<(), Error> {
    for one in wanted {
        let now = db.copyright(one.claim.seq)?;
        if now.is_none_or(|now| now.state != one.claim.state) {
            return Err(Error::Overloaded);
        }
    }
    Ok(())
}

/// Tells officers of open claims that are old: somebody's money is held.
pub(crate) fn watch(stipend: &mut Stipend, now_us: i64) -> Result<Value, Error> {
    let Some(before_us) = old_us(&mut stipend.db, now_us)? else { return Ok(json!({ "old": 0 })) };
    stipend.db.write(|db| {
        let old = db.old_copyrights(before_us)?;
        for row in &old {
            let facts = json!({ "claim": row.seq, "work": row.work,
                                "since": instant(row.created_us) });
            outbox::emit(db, "copyright.old", &row.work, &facts, now_us)?;
            messages::send(db, "role:appeal-officer", "copyright-old", &facts, now_us)?;
            db.change_copyright(&CopyrightRow { told: true, ..row.clone() })?;
        }
        Ok(json!({ "old": old.len() }))
    })
}

/// The first claim that [`watch`] has something to do with.
pub(crate) fn due(db: &mut Db, now_us: i64) -> Result<Option<i64>, Error> {
    let Some(before_us) = old_us(db, now_us)? else { return Ok(None) };
    Ok(db.old_copyrights(before_us)?.first().map(|row| row.seq))
}

fn old_us(db: &mut Db, now_us: i64) -> Result<Option<i64>, Error> {
    let published = terms::maybe(db)?;
    let days = published.map(|published| i64::from(published.terms.wallet.hold_alarm_days));
    Ok(days.map(|days| now_us - days * 24 * kernel::day::HOUR_US))
}

/// A claim as the API shows it.
#[must_use]
pub fn to_json(row: &CopyrightRow) -> Value {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    json!({
        "id": row.seq,
        "work": row.work,
        "creator": row.creator,
        "claimant": row.claimant,
        "share_ppm": row.share.parts(),
        "from": row.from.to_string(),
        "state": row.state,
        "words": row.words,
        "objection": some(&row.objection),
        "answer": some(&row.answer),
        "filed": instant(row.created_us),
        "decided": row.decided_us.map(instant),
    })
}

/// A claim with what it took, day by day.
///
/// # Errors
/// [`Error::Missing`] without such a claim.
pub fn show(db: &mut Db, seq: i64) -> Result<Value, Error> {
    let row = get(db, seq)?;
    let mut body = to_json(&row);
    let parts = db.copyright_parts(seq)?;
    let part = |part: &CopyrightPartRow| {
        json!({ "program": part.program, "day": part.day.to_string(), "run": part.number,
                "currency": part.asset, "amount": shown(&part.asset, part.amount) })
    };
    body["parts"] = parts.iter().map(part).collect();
    Ok(body)
}

/// Standing claims on a creator's works that a day is subject to, as his diagnosis shows them.
pub(crate) fn against(
    db: &mut Db,
    creator: &str,
    day: Day,
    language: &str,
) -> Result<Vec<(String, Value)>, Error> {
    let standing = db.standing_copyrights_of(creator)?;
    let of_day = standing.into_iter().filter(|row| row.from <= day);
    let one = |row: CopyrightRow| {
        let values = [("share", percent(row.share)), ("claimant", row.claimant.clone())];
        let text = bus::phrase(&format!("claimed-{}", row.state), &values, language);
        let body = json!({ "claim": row.seq, "state": row.state, "share_ppm": row.share.parts(),
                           "since": row.from.to_string(), "text": text });
        (row.work, body)
    };
    Ok(of_day.map(one).collect())
}
