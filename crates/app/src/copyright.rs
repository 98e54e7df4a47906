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
use wallet::purse::{split, take_back};

use crate::access::check_words;
use crate::dispatch::Answer;
use crate::error::Error;
use crate::wallet::purse_of;
use crate::workspace::{AT_THE_MACHINE, Stipend};
use crate::{messages, outbox, programs, terms, works};

/// The number of what was taken of a day when a claim was filed; runs have their own.
const ON_FILING: i64 = -1;
/// A claim reaches back so many days at most: each day's table is read.
const BACK_DAYS: i32 = 31;
/// The job that serves a claim of the days that were released before it was filed.
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
                check_words("words", words)?;
                let new = (work.as_str(), claimant.as_str(), *share, *from, words.as_str());
                file(db, actor, new, now_us)
            }
            Change::Accept { creator, id } => {
                let row = own(db, creator, *id)?;
                // The platform's key speaks for creators as well; whose shell this is, is trusted.
                if row.filed_by == actor && actor != AT_THE_MACHINE {
                    return Err(own_decision());
                }
                end(db, row, Act::Uphold, (actor, ""), now_us)
            }
            Change::Object { creator, id, words } => {
                check_words("words", words)?;
                let mut row = own(db, creator, *id)?;
                if row.state != State::Open.word() {
                    return Err(over(&row));
                }
                row.objection.clone_from(words);
                keep(db, row, now_us)
            }
            Change::Decide { id, by, upheld, text } => {
                check_words("text", text)?;
                let row = get(db, *id)?;
                if row.filed_by == *by {
                    return Err(own_decision());
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

fn own_decision() -> Error {
    let text =
        "who filed a claim does not decide it, nor accept it for the creator: another has to";
    Error::conflict("own_decision", text)
}

fn over(row: &CopyrightRow) -> Error {
    Error::conflict("wrong_state", format!("the copyright claim {} is {}", row.seq, row.state))
}

fn is_standing(row: &CopyrightRow) -> bool {
    is_open(row) || row.state == State::Upheld.word()
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
        let text = format!(
            "other claims on `{work}` leave a share of {left}: they are decided or withdrawn first"
        );
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

/// Ends an open claim, or takes an upheld one back: what was disputed goes where it belongs.
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
    after.word().clone_into(&mut row.state);
    let (creator, claimant) = (row.creator.clone(), row.claimant.clone());
    if !was_open {
        // The decision stays as it was given; what it brought stays the claimant's.
        let answer = keep(db, row.clone(), now_us)?;
        for recipient in [creator, claimant] {
            tell(db, &recipient, "copyright-ended", &row, "", now_us)?;
        }
        return Ok(answer);
    }
    by.clone_into(&mut row.decided_by);
    text.clone_into(&mut row.answer);
    row.decided_us = Some(now_us);
    let owner = if after == State::Upheld { &claimant } else { &creator };
    let amount = undisputed(db, &row, owner, now_us)?;
    let answer = keep(db, row.clone(), now_us)?;
    let kinds = match after {
        State::Upheld => ("copyright-upheld", "copyright-won"),
        _ => ("copyright-lifted", "copyright-lost"),
    };
    tell(db, &creator, kinds.0, &row, &amount, now_us)?;
    tell(db, &claimant, kinds.1, &row, &amount, now_us)?;
    Ok(answer)
}

/// Gives all that a claim disputed to its owner; says how much that is.
fn undisputed(db: &mut Db, row: &CopyrightRow, owner: &str, now_us: i64) -> Result<String, Error> {
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for part in db.copyright_parts(row.seq)? {
        *sums.entry(part.asset).or_default() += part.amount;
    }
    let (mut moved, day) = (Vec::new(), Zone::utc().day_of(now_us));
    for (asset, units) in sums.into_iter().filter(|(_, units)| *units > 0) {
        let disputed = Account::Disputed { creator: row.creator.clone() };
        let occasion = format!("copyright/{}/{}/{asset}", row.seq, row.state);
        give(db, &occasion, (disputed, owner), (&asset, units, day), now_us)?;
        moved.push(format!("{} {asset}", shown(&asset, units)));
    }
    Ok(if moved.is_empty() { "0".to_owned() } else { moved.join(", ") })
}

/// Money that becomes somebody's to draw: it pays his debts first.
fn give(
    db: &mut Db,
    occasion: &str,
    (from, to): (Account, &str),
    of: (&str, i64, Day),
    now_us: i64,
) -> Result<(), Error> {
    let mut owed = purse_of(db, to, of.0)?.owed;
    let transfers = given((occasion, "given"), from, (to, &mut owed), of);
    if !transfers.is_empty() {
        db.post(occasion, &transfers, now_us)?;
    }
    Ok(())
}

/// The transfers of [`give`]; `owed` is what he still owes.
fn given(
    (occasion, leg): (&str, &str),
    from: Account,
    (to, owed): (&str, &mut i64),
    (asset, units, day): (&str, i64, Day),
) -> Vec<Transfer> {
    let parts = split(units, *owed, Ppm::ZERO);
    *owed -= parts.repaid;
    let owner = || to.to_owned();
    let ways = [
        ("repaid", Account::Owed { creator: owner() }, parts.repaid),
        ("available", Account::Available { creator: owner() }, parts.available),
    ];
    ways.into_iter()
        .filter_map(|(way, account, units)| {
            let leg = format!("{leg}/{way}");
            Transfer::of_wallet((occasion, &leg), (from.clone(), account), asset, units, day)
        })
        .collect()
}

/// What a claim should have of a day, computed of the day's tables.
pub(crate) struct Wanted {
    claim: CopyrightRow,
    units: i64,
}

/// What standing claims should have of a day as it stands after a run; `unit` is what its program
/// settles to.
pub(crate) fn wanted(
    stipend: &mut Stipend,
    claims: Vec<CopyrightRow>,
    run: &RunRow,
    unit: i64,
) -> Result<Vec<Wanted>, Error> {
    let creators = claims.iter().map(|claim| claim.creator.clone()).collect();
    let paid = works::of_day(stipend, run, creators, unit)?;
    let of_claim = |claim: CopyrightRow| {
        let of_work = paid.get(&(claim.creator.clone(), claim.work.clone())).copied();
        let units = part(of_work.unwrap_or(0), claim.share);
        Wanted { claim, units }
    };
    Ok(claims.into_iter().map(of_claim).collect())
}

/// A day as claims see it.
pub(crate) struct OfDay<'a> {
    pub(crate) program: &'a str,
    pub(crate) day: Day,
    /// The run through which it is released.
    pub(crate) number: i64,
    pub(crate) asset: &'a str,
}

/// Brings what claims have of a day to what they should have. More is taken of what each creator
/// has `pending` of the day, then of what is available, and is disputed or becomes the claimant's;
/// what is too much goes back.
pub(crate) fn follow(
    db: &mut Db,
    wanted: &[Wanted],
    of: &OfDay<'_>,
    pending: &mut BTreeMap<String, i64>,
    now_us: i64,
) -> Result<(), Error> {
    let parts = db.copyright_parts_of_day(of.program, of.day)?;
    for one in wanted {
        let claim = &one.claim;
        let of_claim = || parts.iter().filter(|part| part.claim == claim.seq);
        if of_claim().any(|part| part.number == of.number) {
            continue;
        }
        let change = one.units - of_claim().map(|part| part.amount).sum::<i64>();
        let change = match change {
            1.. => {
                let mut nothing = 0;
                let there = pending.get_mut(&claim.creator).unwrap_or(&mut nothing);
                take(db, claim, of, (change, there), now_us)?
            }
            0 => 0,
            _ => {
                back(db, claim, of, -change, now_us)?;
                change
            }
        };
        if change != 0 {
            db.add_copyright_part(&CopyrightPartRow {
                claim: claim.seq,
                program: of.program.to_owned(),
                day: of.day,
                number: of.number,
                asset: of.asset.to_owned(),
                amount: change,
                recorded_us: now_us,
            })?;
        }
    }
    Ok(())
}

/// The occasion of a claim's transfers of a day.
fn occasion(claim: &CopyrightRow, of: &OfDay<'_>) -> String {
    let number = match of.number {
        ON_FILING => "filed".to_owned(),
        number => number.to_string(),
    };
    format!("copyright/{}/{}/{}/{number}", claim.seq, of.program, of.day)
}

/// Takes what a claim should have more of a day, as far as it is there; says how much that is.
fn take(
    db: &mut Db,
    claim: &CopyrightRow,
    of: &OfDay<'_>,
    (change, pending): (i64, &mut i64),
    now_us: i64,
) -> Result<i64, Error> {
    let owner = || claim.creator.clone();
    let earned = change.min(*pending);
    *pending -= earned;
    let available = Account::Available { creator: owner() };
    let rest = (change - earned).min(db.balance(&available, of.asset)?).max(0);
    let (occasion, day) = (occasion(claim, of), Zone::utc().day_of(now_us));
    let sources =
        [("pending", Account::Earned { creator: owner() }, earned), ("available", available, rest)];
    let mut transfers = Vec::new();
    if is_open(claim) {
        for (leg, from, units) in sources {
            let accounts = (from, Account::Disputed { creator: owner() });
            let leg = (occasion.as_str(), leg);
            transfers.extend(Transfer::of_wallet(leg, accounts, of.asset, units, day));
        }
    } else {
        let mut owed = purse_of(db, &claim.claimant, of.asset)?.owed;
        for (leg, from, units) in sources {
            let to = (claim.claimant.as_str(), &mut owed);
            transfers.extend(given((&occasion, leg), from, to, (of.asset, units, day)));
        }
    }
    if !transfers.is_empty() {
        db.post(&occasion, &transfers, now_us)?;
    }
    Ok(earned + rest)
}

/// A correction made a day smaller: what is disputed of it is the creator's again; what the
/// claimant had already he gives back, as anybody does of whom a correction takes (N7).
fn back(
    db: &mut Db,
    claim: &CopyrightRow,
    of: &OfDay<'_>,
    units: i64,
    now_us: i64,
) -> Result<(), Error> {
    let (occasion, day) = (occasion(claim, of), Zone::utc().day_of(now_us));
    let mut owed = purse_of(db, &claim.creator, of.asset)?.owed;
    let sources = if is_open(claim) {
        vec![("disputed", Account::Disputed { creator: claim.creator.clone() }, units)]
    } else {
        let states = take_back(&purse_of(db, &claim.claimant, of.asset)?, units).into_iter();
        states.map(|(state, units)| (state.word(), state.account(&claim.claimant), units)).collect()
    };
    let mut transfers = Vec::new();
    for (leg, from, units) in sources {
        let to = (claim.creator.as_str(), &mut owed);
        transfers.extend(given((&occasion, leg), from, to, (of.asset, units, day)));
    }
    db.post(&occasion, &transfers, now_us)?;
    Ok(())
}

/// Serves a claim that was filed of the days that were released before, as far as what they brought
/// is still available.
pub(crate) fn run(stipend: &mut Stipend, payload: &Value, now_us: i64) -> Result<Value, Error> {
    let seq = payload["claim"].as_i64().unwrap_or(0);
    let claim = get(&mut stipend.db, seq)?;
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
            let day = run.day;
            if stipend.db.last_release(&program, day)? != run.number {
                continue;
            }
            let claim = get(&mut stipend.db, seq)?;
            if !is_standing(&claim) {
                return Ok(json!({ "days": days, "state": claim.state }));
            }
            let wanted = wanted(stipend, vec![claim.clone()], &run, unit)?;
            let of = OfDay { program: &program, day, number: ON_FILING, asset: &asset };
            stipend.db.write(|db| {
                // It was decided meanwhile, or the day was released anew: this is done again.
                let same = db.copyright(seq)?.is_some_and(|now| now.state == claim.state);
                if !same || db.last_release(&program, day)? != run.number {
                    return Err(Error::Overloaded);
                }
                follow(db, &wanted, &of, &mut BTreeMap::new(), now_us)
            })?;
            days += 1;
        }
    }
    Ok(json!({ "days": days }))
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
        json!({ "program": part.program, "day": part.day.to_string(),
                "run": (part.number >= 0).then_some(part.number),
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
