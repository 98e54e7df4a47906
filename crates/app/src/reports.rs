//! Reports of banks and providers against the ledger: what fits moves payouts on, what does not is
//! a difference, in a queue for people (N26, N35).
use kernel::day::instant;
use kernel::money::UNITS_PER_MINOR;
use payout::answers::{Answer as Said, Report, read};
use payout::{Event, What};
use serde_json::{Value, json};
use store::{Db, DifferenceRow, PayoutRow, RailReportRow};

use crate::dispatch::Answer;
use crate::error::Error;
use crate::payouts::{Step, Told, advance};
use crate::{cash, failpoint, messages, outbox, terms};

/// A report that came.
#[derive(Clone)]
pub struct Incoming {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Where it came from: a file's name.
    pub source: String,
}

/// What a report did.
#[derive(Default)]
struct Done {
    changed: i64,
    same: i64,
    differences: i64,
}

pub(crate) fn take(
    db: &mut Db,
    actor: &str,
    incoming: &Incoming,
    now_us: i64,
) -> Result<Answer, Error> {
    let digest = lake::files::sha256(&incoming.bytes);
    if let Some(before) = db.rail_report(&digest)? {
        let mut body = to_json(&before);
        body["repeated"] = json!(true);
        return Ok(Answer::new(200, &body));
    }
    let report = read(&incoming.bytes).map_err(|error| Error::Refused(error.to_string()))?;
    let account = account_of(db, &report)?;
    let mut done = Done::default();
    let mut answered = std::collections::BTreeSet::new();
    for said in &report.answers {
        answered.insert(said.key.clone());
        one(db, actor, &report, account.as_deref(), said, &mut done, now_us)?;
    }
    whole(db, actor, &report, &answered, &mut done, now_us)?;
    others(db, &report, account.as_deref(), &digest, &mut done, now_us)?;
    let row = RailReportRow {
        seq: 0,
        digest: digest.to_vec(),
        kind: report.kind.to_owned(),
        account: account.unwrap_or_default(),
        source: incoming.source.clone(),
        entries: i64::try_from(report.answers.len() + report.movements.len()).unwrap_or(i64::MAX),
        changed: done.changed,
        differences: done.differences,
        recorded_us: now_us,
        recorded_by: actor.to_owned(),
    };
    db.add_rail_report(&row)?;
    if done.differences > 0 {
        let facts = json!({ "differences": done.differences, "source": row.source,
                            "kind": row.kind });
        outbox::emit(db, "difference.found", &row.account, &facts, now_us)?;
        messages::send(db, "role:finance-maker", "differences-found", &facts, now_us)?;
    }
    failpoint::reach("report:before-commit");
    let kept = db.rail_report(&digest)?.unwrap_or(row);
    let mut body = to_json(&kept);
    body["repeated"] = json!(false);
    body["same"] = json!(done.same);
    Ok(Answer::new(200, &body))
}

/// The platform's account that a report is about, where it says so.
fn account_of(db: &mut Db, report: &Report) -> Result<Option<String>, Error> {
    let Some(iban) = report.accounts.first() else { return Ok(None) };
    let terms = terms::current(db)?.terms;
    let plain = |text: &str| text.replace(' ', "");
    let found = terms.account.iter().find(|account| plain(&account.iban) == plain(iban));
    if report.accounts.iter().any(|other| other != iban) {
        let text = "the report is about several accounts: ask the bank for one each";
        return Err(Error::Refused(text.to_owned()));
    }
    let last: String = iban.chars().skip(iban.len().saturating_sub(4)).collect();
    let missing = || {
        Error::Refused(format!("the report is about an account …{last} that the terms do not name"))
    };
    Ok(Some(found.ok_or_else(missing)?.name.clone()))
}

fn event(what: What) -> Option<Event> {
    match what {
        What::Accepted => Some(Event::Sent),
        What::Paid => Some(Event::Pay),
        What::Failed => Some(Event::Fail),
        What::Returned => Some(Event::Return),
        What::Changed => None,
    }
}

fn one(
    db: &mut Db,
    actor: &str,
    report: &Report,
    account: Option<&str>,
    said: &Said,
    done: &mut Done,
    now_us: i64,
) -> Result<(), Error> {
    let facts = json!({ "report": report.kind, "key": said.key, "what": format!("{:?}", said.what),
                        "minor_units": said.amount, "reference": said.reference,
                        "reason": said.reason });
    let mut differ = |db: &mut Db, kind: &str, subject: &str| -> Result<(), Error> {
        let once = format!("{kind}/{}/{:?}/{:?}/{}", said.key, said.what, said.amount, said.reason);
        let fresh = db.add_difference(&once, (kind, subject), &facts.to_string(), now_us)?;
        done.differences += i64::from(fresh);
        Ok(())
    };
    let Some(row) = db.payout_of_key(&said.key)? else {
        return differ(db, "unknown_payout", account.unwrap_or_default());
    };
    let subject = format!("payout {}", row.seq);
    if account.is_some_and(|account| account != row.account) {
        return differ(db, "other_account", &subject);
    }
    // A report is of its own rail: what a provider's API carries is only asked of the provider.
    let of_rail = match report.kind {
        "nacha.return" => row.rail == "nacha",
        "sheet" => row.rail == "sheet" || row.rail == "nacha",
        _ => row.rail == "sepa",
    };
    if !of_rail {
        return differ(db, "other_rail", &subject);
    }
    let Some(event) = event(said.what) else {
        return differ(db, "details_changed", &subject);
    };
    // What was paid may come back; that it never went is a contradiction, for people.
    if event == Event::Fail && row.state == "paid" {
        return differ(db, "contradiction", &subject);
    }
    let told = said.amount.and_then(|minor| minor.checked_mul(UNITS_PER_MINOR));
    if told.is_some_and(|units| units != row.net) {
        differ(db, "other_amount", &subject)?;
        // A part that came back is still a payout that came back; what was paid too much or too
        // little is for people.
        if event != Event::Return {
            return Ok(());
        }
    }
    match step(db, actor, &row, event, said, now_us)? {
        Step::Done(_) => done.changed += 1,
        Step::Same => done.same += 1,
        Step::Unfit(_) => return differ(db, "contradiction", &subject),
    }
    Ok(())
}

fn step(
    db: &mut Db,
    actor: &str,
    row: &PayoutRow,
    event: Event,
    said: &Said,
    now_us: i64,
) -> Result<Step, Error> {
    let told = Told { actor, reason: &said.reason, reference: &said.reference };
    advance(db, row, event, &told, now_us)
}

/// Whether a batch's file is the one of a key: its name begins with it.
fn is_of(batch: &store::PayoutBatchRow, key: &str) -> bool {
    batch.file.split_once('-').is_some_and(|(name, _)| name == key)
}

/// What is said of a file as a whole, for its payouts that have no answer of their own.
fn whole(
    db: &mut Db,
    actor: &str,
    report: &Report,
    answered: &std::collections::BTreeSet<String>,
    done: &mut Done,
    now_us: i64,
) -> Result<(), Error> {
    let (Some(key), Some((what, reason))) = (&report.file, &report.whole) else { return Ok(()) };
    // A batch's key is not kept: it follows from its payouts, as the file's name does.
    let batches = db.payout_batches(0, i64::MAX)?;
    let Some(batch) = batches.iter().find(|batch| is_of(batch, key)) else {
        let once = format!("unknown_file/{key}");
        let facts = json!({ "report": report.kind, "file": key, "reason": reason });
        let fresh = db.add_difference(&once, ("unknown_file", key), &facts.to_string(), now_us)?;
        done.differences += i64::from(fresh);
        return Ok(());
    };
    let Some(event) = event(*what) else { return Ok(()) };
    for row in db.payouts_of_batch(batch.seq)? {
        if answered.contains(&row.key) {
            continue;
        }
        let told = Told { actor, reason, reference: "" };
        let fits = row.state != "paid" || event != Event::Fail;
        let step = if fits { Some(advance(db, &row, event, &told, now_us)?) } else { None };
        match step {
            Some(Step::Done(_)) => done.changed += 1,
            Some(Step::Same) => done.same += 1,
            Some(Step::Unfit(_)) | None => {
                let once = format!("contradiction/{}/{event:?}/{reason}", row.key);
                let facts = json!({ "report": report.kind, "file": key, "reason": reason });
                let subject = format!("payout {}", row.seq);
                let what = ("contradiction", subject.as_str());
                let fresh = db.add_difference(&once, what, &facts.to_string(), now_us)?;
                done.differences += i64::from(fresh);
            }
        }
    }
    Ok(())
}

/// Movements that are no payout's, and the closing balance.
fn others(
    db: &mut Db,
    report: &Report,
    account: Option<&str>,
    digest: &[u8; 32],
    done: &mut Done,
    now_us: i64,
) -> Result<(), Error> {
    let name = account.unwrap_or_default();
    for (place, moved) in report.movements.iter().enumerate() {
        let once = if moved.reference.is_empty() {
            format!("movement/{}/{place}", hex::encode(digest))
        } else {
            format!("movement/{name}/{}/{}", moved.reference, moved.amount)
        };
        let facts = json!({ "report": report.kind, "minor_units": moved.amount,
                            "reference": moved.reference });
        let fresh = db.add_difference(&once, ("movement", name), &facts.to_string(), now_us)?;
        done.differences += i64::from(fresh);
    }
    if let (Some(account), Some((currency, minor))) = (account, &report.closing) {
        // The ledger knows what is there now: only the latest statement can be compared with it.
        let newest = format!("statement/{account}");
        let before: Option<kernel::Day> = db.setting(&newest)?.and_then(|day| day.parse().ok());
        if let Some(day) = report.day {
            if before.is_some_and(|before| day < before) {
                return Ok(());
            }
            db.set_setting(&newest, &day.to_string())?;
        }
        let has = cash::float(db, account, currency)?;
        let says = minor.checked_mul(UNITS_PER_MINOR).unwrap_or(i64::MAX);
        if has != says {
            let shown = |units| kernel::money::shown(currency, units);
            let facts = json!({ "report": report.kind, "currency": currency,
                                "bank": shown(says), "ledger": shown(has),
                                "difference": shown(says - has) });
            let once = format!("balance/{account}/{}", hex::encode(digest));
            let fresh =
                db.add_difference(&once, ("balance", account), &facts.to_string(), now_us)?;
            done.differences += i64::from(fresh);
        }
    }
    Ok(())
}

pub(crate) fn resolve(
    db: &mut Db,
    actor: &str,
    id: i64,
    how: &str,
    now_us: i64,
) -> Result<Answer, Error> {
    let missing = || Error::Missing(format!("there is no difference {id}"));
    db.difference(id)?.ok_or_else(missing)?;
    if !db.resolve_difference(id, (actor, how), now_us)? {
        let text = format!("the difference {id} was resolved before");
        return Err(Error::conflict("already_ended", text));
    }
    let row = db.difference(id)?.ok_or_else(missing)?;
    Ok(Answer::new(200, &difference_json(&row)))
}

/// A report as the API shows it.
#[must_use]
pub fn to_json(row: &RailReportRow) -> Value {
    json!({
        "id": row.seq,
        "kind": row.kind,
        "account": row.account,
        "source": row.source,
        "entries": row.entries,
        "changed": row.changed,
        "differences": row.differences,
        "digest": hex::encode(&row.digest),
        "recorded": instant(row.recorded_us),
        "recorded_by": row.recorded_by,
    })
}

/// A difference as the API shows it.
#[must_use]
pub fn difference_json(row: &DifferenceRow) -> Value {
    let facts: Value = serde_json::from_str(&row.facts).unwrap_or_default();
    json!({
        "id": row.seq,
        "kind": row.kind,
        "subject": row.subject,
        "facts": facts,
        "created": instant(row.created_us),
        "resolved": row.resolved_us.map(instant),
        "resolved_by": row.resolved_by,
        "resolution": row.resolution,
    })
}
