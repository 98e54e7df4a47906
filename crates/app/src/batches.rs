//! Batches of payouts: made of what may go, approved by a second person as they were shown, and
//! handed to their rail (N17, N27).
use std::collections::BTreeMap;

use kernel::Asset;
use payout::pain001::FileError;
use payout::{Batch, Event, Order};
use serde_json::{Value, json};
use store::{Db, NewJob, PayoutBatchRow, PayoutRow};
use wallet::terms::{Rail, Terms};

use crate::command::Context;
use crate::dispatch::Answer;
use crate::error::Error;
use crate::payouts::{self, Step, Told, advance};
use crate::workspace::Stipend;
use crate::{cash, failpoint, holds, messages, methods, outbox, terms};

/// Payouts that one batch holds: what PayPal takes at once, and no bank minds.
pub const BATCH_MAX: usize = 15_000;

/// Puts everything that may go into batches, one for each account.
pub(crate) fn make(db: &mut Db, actor: &str, context: &Context) -> Result<Answer, Error> {
    let now_us = context.now_us;
    let published = terms::current(db)?;
    let limit = i64::try_from(BATCH_MAX).unwrap_or(i64::MAX);
    let mut groups: BTreeMap<String, Vec<PayoutRow>> = BTreeMap::new();
    let mut flagged = 0;
    for row in db.ready_payouts(now_us, limit)? {
        match stop(db, &published.terms, &row)? {
            Stop::No => groups.entry(row.account.clone()).or_default().push(row),
            Stop::Wait => {}
            Stop::Review(why) => {
                flag(db, actor, &row, &why, now_us)?;
                flagged += 1;
            }
        }
    }
    let mut made = Vec::new();
    for (account, rows) in groups {
        let (batch, bad) = open(db, actor, &published, &account, rows, context)?;
        flagged += bad;
        made.extend(batch);
    }
    Ok(Answer::new(200, &json!({ "batches": made, "flagged": flagged })))
}

/// What keeps a payout out of a batch.
enum Stop {
    No,
    Wait,
    Review(String),
}

fn stop(db: &mut Db, terms: &Terms, row: &PayoutRow) -> Result<Stop, Error> {
    let same = terms.account(&row.account).is_some_and(|account| {
        account.rail.word() == row.rail && account.asset.0.code() == row.paid_asset
    });
    if !same {
        let text = format!("the terms have no such account `{}` any more", row.account);
        return Ok(Stop::Review(text));
    }
    if holds::of_wallet(&db.holds_of(&row.creator)?).is_some() {
        return Ok(Stop::Wait);
    }
    let listed = db.identity(&row.creator)?.is_some_and(|row| row.screened == "listed");
    let removed = db.method(row.method)?.is_none_or(|method| method.removed_us.is_some());
    Ok(match (listed, removed) {
        (true, _) => Stop::Review("sanctions_listed".to_owned()),
        (_, true) => Stop::Review("method_removed".to_owned()),
        _ => Stop::No,
    })
}

fn flag(db: &mut Db, actor: &str, row: &PayoutRow, why: &str, now_us: i64) -> Result<(), Error> {
    let told = Told { actor, reason: why, reference: "" };
    advance(db, row, Event::Flag, &told, now_us)?;
    Ok(())
}

/// Opens a batch of one account; orders that its rail cannot carry go to a person instead. Gives
/// the batch, if anything is left for it, and how many were put aside.
fn open(
    db: &mut Db,
    actor: &str,
    published: &terms::Published,
    account: &str,
    mut rows: Vec<PayoutRow>,
    context: &Context,
) -> Result<(Option<Value>, i64), Error> {
    let now_us = context.now_us;
    let mut bad = 0;
    let (row, mut batch) = loop {
        if rows.is_empty() {
            return Ok((None, bad));
        }
        let row = draft(db, actor, published, account, &rows, now_us)?;
        let batch = load(db, &published.terms, &row, &rows, context)?;
        match write(&batch) {
            Ok(_) => break (row, batch),
            Err(FileError::Whole(message)) => return Err(Error::Refused(message)),
            Err(FileError::Order { payout, message }) => {
                let place = rows.iter().position(|row| row.seq == payout);
                let row = place.map(|place| rows.remove(place));
                if let Some(row) = row {
                    flag(db, actor, &row, &message, now_us)?;
                    bad += 1;
                }
            }
        }
    };
    let seq = db.add_payout_batch(&row)?;
    let row = PayoutBatchRow { seq, ..row };
    let told = Told { actor, reason: "", reference: "" };
    for payout in &mut rows {
        payout.batch = Some(seq);
        if let Step::Unfit(unfit) = advance(db, payout, Event::Batch, &told, now_us)? {
            return Err(Error::conflict("wrong_state", unfit.to_string()));
        }
    }
    batch.number = seq;
    let digest = digest(&batch, context)?;
    db.seal_payout_batch(seq, &digest)?;
    let row = PayoutBatchRow { digest: digest.to_vec(), ..row };
    let body = to_json(&row);
    outbox::emit(db, "batch.opened", account, &body, now_us)?;
    let there = cash::float(db, account, &row.asset)? - db.waiting_on(account)?;
    if there < row.net {
        alarm(db, &row, there, now_us)?;
    }
    Ok((Some(body), bad))
}

/// The platform's own account is too empty: its alarm, not the creators' error (N27).
pub(crate) fn alarm(
    db: &mut Db,
    row: &PayoutBatchRow,
    there: i64,
    now_us: i64,
) -> Result<(), Error> {
    let shown = |units| kernel::money::shown(&row.asset, units);
    let facts = json!({ "batch": row.seq, "account": row.account, "currency": row.asset,
                        "there": shown(there), "needed": shown(row.net) });
    outbox::emit(db, "float.short", &row.account, &facts, now_us)?;
    for role in ["role:finance-maker", "role:finance-approver"] {
        messages::send(db, role, "float-short", &facts, now_us)?;
    }
    Ok(())
}

/// A batch as it would be opened.
fn draft(
    db: &mut Db,
    actor: &str,
    published: &terms::Published,
    account: &str,
    rows: &[PayoutRow],
    now_us: i64,
) -> Result<PayoutBatchRow, Error> {
    let terms = &published.terms;
    let missing = || Error::Missing(format!("the terms have no account `{account}`"));
    let cash = terms.account(account).ok_or_else(missing)?;
    let way = terms.corridor.iter().find(|way| way.account == account);
    let calendar = way.map_or("", |way| way.calendar.as_str());
    let calendar = crate::calendars::named(db, calendar)?;
    let today = terms.zone().day_of(now_us);
    let net = rows.iter().try_fold(0_i64, |sum, row| sum.checked_add(row.net));
    Ok(PayoutBatchRow {
        seq: 0,
        state: "open".to_owned(),
        rail: cash.rail.word().to_owned(),
        account: account.to_owned(),
        asset: cash.asset.0.code().to_owned(),
        payouts: i64::try_from(rows.len()).unwrap_or(i64::MAX),
        net: net.ok_or_else(|| Error::Refused("the batch is too large a sum".to_owned()))?,
        executed: wallet::schedule::executed(today, &calendar),
        terms: published.version,
        digest: Vec::new(),
        file: String::new(),
        file_digest: None,
        made_by: actor.to_owned(),
        created_us: now_us,
        changed_us: now_us,
    })
}

/// A batch with its orders, for a rail.
pub(crate) fn load(
    db: &mut Db,
    terms: &Terms,
    row: &PayoutBatchRow,
    rows: &[PayoutRow],
    context: &Context,
) -> Result<Batch, Error> {
    let missing = || Error::Missing(format!("the terms have no account `{}`", row.account));
    let account = terms.account(&row.account).ok_or_else(missing)?.clone();
    let mut orders = Vec::with_capacity(rows.len());
    for payout in rows {
        let missing = || Error::Missing(format!("there is no method {}", payout.method));
        let method = db.method(payout.method)?.ok_or_else(missing)?;
        orders.push(Order {
            payout: payout.seq,
            key: payout.key.clone(),
            creator: payout.creator.clone(),
            net: payout.net,
            method_id: payout.method,
            method: methods::details(db, &method, context)?,
            reference: payout.reference.clone(),
            pay_out: quoted(payout)["pay_out"] == true,
        });
    }
    Ok(Batch {
        number: row.seq,
        key: key(row, rows),
        created_us: row.created_us,
        executed: row.executed,
        asset: Asset::of(&row.asset).map_err(|error| Error::Refused(error.to_string()))?,
        account,
        orders,
    })
}

/// What a payout was quoted.
pub(crate) fn quoted(row: &PayoutRow) -> Value {
    serde_json::from_str(&row.quote).unwrap_or_default()
}

/// The key of a batch at its rail: of its time and its first payout.
pub(crate) fn key(row: &PayoutBatchRow, rows: &[PayoutRow]) -> String {
    let first = rows.first().map_or("", |row| row.key.as_str());
    let digest = lake::files::sha256(format!("batch/{first}/{}", row.created_us).as_bytes());
    hex::encode(digest).get(..14).map(|hex| format!("b{hex}")).unwrap_or_default()
}

/// The file of a batch, for rails that are files.
pub(crate) fn write(batch: &Batch) -> Result<Option<String>, FileError> {
    match batch.account.rail {
        Rail::Sepa => payout::pain001::write(batch).map(Some),
        Rail::Nacha => payout::nacha::write(batch).map(Some),
        Rail::Sheet => payout::sheet::write(batch).map(Some),
        Rail::Stripe | Rail::Paypal => {
            let unfit = batch.orders.iter().find(|order| {
                wallet::unit::smallest(batch.account.rail, &batch.asset)
                    .is_none_or(|unit| order.net % unit != 0)
            });
            match unfit {
                Some(order) => Err(FileError::Order {
                    payout: order.payout,
                    message: "the amount is finer than the rail carries".to_owned(),
                }),
                None => Ok(None),
            }
        }
    }
}

fn digest(batch: &Batch, context: &Context) -> Result<[u8; 32], Error> {
    let mut places = BTreeMap::new();
    for order in &batch.orders {
        let print = context.vault.fingerprint(&order.method.identity())?;
        places.insert(order.payout, hex::encode(print));
    }
    let place = |order: &Order| places.get(&order.payout).cloned().unwrap_or_default();
    Ok(payout::digest(batch, &place))
}

pub(crate) fn get(db: &mut Db, seq: i64) -> Result<PayoutBatchRow, Error> {
    let missing = || Error::Missing(format!("there is no batch {seq}"));
    db.payout_batch(seq)?.ok_or_else(missing)
}

/// Lets a batch go, exactly as it was shown, if its account can pay it (N27).
pub(crate) fn approve(
    db: &mut Db,
    seq: i64,
    shown: &str,
    context: &Context,
) -> Result<Answer, Error> {
    let (row, now_us) = (get(db, seq)?, context.now_us);
    if row.state != "open" {
        let text = format!("the batch {seq} is {}", row.state);
        return Err(Error::conflict("wrong_state", text));
    }
    let rows = db.payouts_of_batch(seq)?;
    let terms = terms::version(db, row.terms)?.terms;
    let batch = load(db, &terms, &row, &rows, context)?;
    let found = hex::encode(digest(&batch, context)?);
    if found != hex::encode(&row.digest) || found != shown {
        let text = format!("the batch {seq} is not what was shown: its digest is {found}");
        return Err(Error::conflict("not_as_shown", text));
    }
    // What came to be known since the batch was made (N2).
    for payout in &rows {
        let why = match stop(db, &terms, payout)? {
            Stop::No => continue,
            Stop::Wait => "its wallet is held".to_owned(),
            Stop::Review(why) => why,
        };
        let text = format!("payout {}: {why}; discard the batch and make another", payout.seq);
        return Err(Error::conflict("wrong_state", text));
    }
    let there = cash::float(db, &row.account, &row.asset)? - db.waiting_on(&row.account)?;
    if there < row.net {
        let asset = Asset::of(&row.asset).map_err(|error| Error::Refused(error.to_string()))?;
        let text = format!(
            "the account `{}` has {} {asset} and the batch needs {}: put money there, and say so \
             with `stipend payout cash`; the payouts wait",
            row.account,
            asset.format(there),
            asset.format(row.net)
        );
        return Err(Error::conflict("float_short", text));
    }
    let after = PayoutBatchRow { state: "approved".to_owned(), changed_us: now_us, ..row.clone() };
    if !db.move_payout_batch("open", &after)? {
        return Err(Error::Overloaded);
    }
    let job = NewJob {
        kind: "hand-over",
        subject: format!("batch {seq}"),
        once: format!("hand-over/{seq}"),
        payload: json!({ "batch": seq }).to_string(),
        due_us: now_us,
    };
    db.add_job(&job, now_us)?;
    let body = json!({ "batch": seq, "state": "approved", "payouts": row.payouts,
                       "net": to_json(&row)["net"], "currency": row.asset,
                       "account": row.account, "executed": row.executed.to_string(),
                       "digest": found });
    outbox::emit(db, "batch.approved", &row.account, &body, now_us)?;
    Ok(Answer::new(200, &body))
}

pub(crate) fn discard(db: &mut Db, actor: &str, seq: i64, now_us: i64) -> Result<Answer, Error> {
    let row = get(db, seq)?;
    let after = PayoutBatchRow { state: "discarded".to_owned(), changed_us: now_us, ..row.clone() };
    if !db.move_payout_batch("open", &after)? {
        let text = format!("the batch {seq} is {}: only open ones are discarded", row.state);
        return Err(Error::conflict("wrong_state", text));
    }
    let told = Told { actor, reason: "", reference: "" };
    for payout in db.payouts_of_batch(seq)? {
        advance(db, &payout, Event::Unbatch, &told, now_us)?;
    }
    outbox::emit(db, "batch.discarded", &row.account, &to_json(&after), now_us)?;
    Ok(Answer::new(200, &to_json(&after)))
}

/// The file of a batch that was handed over, made again: the details in it are kept nowhere else.
///
/// # Errors
/// [`Error::Conflict`] when the batch has none; [`Error::Refused`] when it would be another one.
pub fn file(stipend: &mut Stipend, seq: i64) -> Result<(String, String), Error> {
    let row = get(&mut stipend.db, seq)?;
    let Some(digest) = &row.file_digest else {
        let text = format!("the batch {seq} is {} and has no file", row.state);
        return Err(Error::conflict("wrong_state", text));
    };
    let context = Context::of(stipend, row.created_us);
    let db = &mut stipend.db;
    let terms = terms::version(db, row.terms)?.terms;
    let rows = db.payouts_of_batch(seq)?;
    let batch = load(db, &terms, &row, &rows, &context)?;
    let text = write(&batch).map_err(|error| Error::Refused(error.to_string()))?;
    let text = text.unwrap_or_default();
    if lake::files::sha256(text.as_bytes()).as_slice() != digest.as_slice() {
        let text = "the file would not be the one that was handed over: details were changed";
        return Err(Error::Refused(text.to_owned()));
    }
    Ok((row.file, text))
}

/// Hands a batch that is a file over: from now on it can be fetched, and the bank has its payouts.
pub(crate) fn hand_over_file(
    stipend: &mut Stipend,
    seq: i64,
    now_us: i64,
) -> Result<Option<Value>, Error> {
    let context = Context::of(stipend, now_us);
    let actor = stipend.actor.clone();
    let done = stipend.db.write(|db| {
        let row = get(db, seq)?;
        if row.state != "approved" {
            return Ok(Some(json!({ "batch": seq, "state": row.state })));
        }
        let rows = db.payouts_of_batch(seq)?;
        let terms = terms::version(db, row.terms)?.terms;
        let batch = load(db, &terms, &row, &rows, &context)?;
        let text = write(&batch).map_err(|error| Error::Refused(error.to_string()))?;
        let Some(text) = text else { return Ok(None) };
        let extension = match batch.account.rail {
            Rail::Sepa => "xml",
            Rail::Nacha => "ach",
            _ => "csv",
        };
        let told = Told { actor: &actor, reason: "", reference: "" };
        for payout in &rows {
            for event in [Event::Submit, Event::Sent] {
                let now = payouts::get(db, payout.seq)?;
                if let Step::Unfit(unfit) = advance(db, &now, event, &told, now_us)? {
                    return Err(Error::conflict("wrong_state", unfit.to_string()));
                }
            }
        }
        let after = PayoutBatchRow {
            state: "handed-over".to_owned(),
            file: format!("{}-{seq}.{extension}", batch.key),
            file_digest: Some(lake::files::sha256(text.as_bytes()).to_vec()),
            changed_us: now_us,
            ..row
        };
        db.move_payout_batch("approved", &after)?;
        outbox::emit(db, "batch.handed-over", &after.account, &to_json(&after), now_us)?;
        failpoint::reach("file:before-commit");
        Ok::<_, Error>(Some(to_json(&after)))
    })?;
    failpoint::reach("file:after-commit");
    Ok(done)
}

/// A batch as the API shows it.
#[must_use]
pub fn to_json(row: &PayoutBatchRow) -> Value {
    let net = kernel::money::shown(&row.asset, row.net);
    json!({
        "id": row.seq,
        "state": row.state,
        "rail": row.rail,
        "account": row.account,
        "currency": row.asset,
        "payouts": row.payouts,
        "net": net,
        "executed": row.executed.to_string(),
        "terms": row.terms,
        "digest": hex::encode(&row.digest),
        "file": row.file,
        "file_digest": row.file_digest.as_ref().map(hex::encode),
        "made_by": row.made_by,
        "created": kernel::day::instant(row.created_us),
        "changed": kernel::day::instant(row.changed_us),
    })
}
