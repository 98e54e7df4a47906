//! What the platform is asked: whose an account is (N3), and what sanctions lists say of a creator
//! (N2). The terms say whether it is asked, the process's settings where. It answers in the same
//! call; until it did, a payout waits for a person.
//!
//! A question is a POST, signed as webhooks are (Standard Webhooks). Details of persons are in it:
//! it goes to the platform's own address and nowhere else.
use bus::Sender;
use payout::{Event, State};
use serde_json::{Value, json};
use store::{Db, JobRow, MethodRow, NewJob};
use wallet::method::Kind;
use wallet::terms::Terms;

use crate::command::Context;
use crate::error::Error;
use crate::outbox::{Attempt, pause_s};
use crate::payouts::{Told, advance};
use crate::workspace::Stipend;
use crate::{methods, outbox};

const SECOND_US: i64 = 1_000_000;
/// Answers to whose an account is.
pub const OWNERS: [&str; 4] = ["same", "close", "different", "unknown"];

/// Where the platform is asked.
#[derive(Clone, Default)]
pub struct Asked {
    /// Whose an account is.
    pub owner_url: String,
    /// What lists say.
    pub screening_url: String,
    /// The secret that questions are signed with.
    pub secret: String,
}

impl std::fmt::Debug for Asked {
    // Not derived: the secret must not reach a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Asked({}, {})", self.owner_url, self.screening_url)
    }
}

fn job(what: &str, payload: &Value, once: String, now_us: i64) -> NewJob {
    let subject = format!("{what} of {}", payload["creator"].as_str().unwrap_or_default());
    NewJob { kind: "ask", subject, once, payload: payload.to_string(), due_us: now_us }
}

/// Enqueues the question whose the account of a new method is, if the terms ask it.
pub(crate) fn owner(db: &mut Db, terms: &Terms, row: &MethodRow, now_us: i64) -> Result<(), Error> {
    let bank = matches!(Kind::from_word(&row.kind), Some(Kind::Bank | Kind::Card));
    if terms.review.ask_owner && bank {
        let payload = json!({ "what": "owner", "creator": row.creator, "method": row.seq });
        db.add_job(&job("owner", &payload, format!("ask/owner/{}", row.seq), now_us), now_us)?;
    }
    Ok(())
}

/// Enqueues the question what lists say of a creator, if the terms ask it: once for an occasion.
pub(crate) fn screening(
    db: &mut Db,
    terms: &Terms,
    creator: &str,
    occasion: &str,
    now_us: i64,
) -> Result<(), Error> {
    let once = format!("ask/screening/{creator}/{occasion}");
    if terms.review.ask_screening && db.find_job(&once)?.is_none() {
        let payload = json!({ "what": "screening", "creator": creator });
        db.add_job(&job("screening", &payload, once, now_us), now_us)?;
    }
    Ok(())
}

/// Asks, once; what is no answer is asked again, later and later.
pub(crate) fn ask(
    stipend: &mut Stipend,
    (sender, asked): (&Sender, &Asked),
    row: &JobRow,
    now_us: i64,
) -> Result<Attempt, Error> {
    let payload: Value = serde_json::from_str(&row.payload).unwrap_or_default();
    let about_owner = payload["what"] == "owner";
    let (url, setting) = if about_owner {
        (&asked.owner_url, "owner_url")
    } else {
        (&asked.screening_url, "screening_url")
    };
    if url.is_empty() || asked.secret.is_empty() {
        return Err(Error::Refused(format!(
            "the terms ask the platform, and this process does not know where: set {setting} and \
             questions_secret, then replay the job"
        )));
    }
    let question = if about_owner {
        of_owner(stipend, &payload, now_us)?
    } else {
        of_screening(stipend, &payload, now_us)?
    };
    let Some(question) = question else {
        return Ok(Attempt::Done(json!({ "message": "it is not needed any more" })));
    };
    let body = question.to_string();
    let (id, timestamp_s) = (format!("ask_{}", row.seq), now_us / SECOND_US);
    let signature = bus::sign(&[asked.secret.as_str()], &id, timestamp_s, &body)
        .map_err(|error| Error::Refused(format!("questions_secret: {error}")))?;
    let headers = [
        ("webhook-id", id),
        ("webhook-timestamp", timestamp_s.to_string()),
        ("webhook-signature", signature),
    ];
    let (done, answer) = sender.ask(url, &headers, &body);
    let taken = match answer {
        Some(answer) if about_owner => owner_said(stipend, &payload, &answer, now_us)?,
        Some(answer) => screening_said(stipend, &payload, &answer, now_us)?,
        None => false,
    };
    let mut told = json!({ "status": done.status, "error": done.error, "ms": done.ms });
    if taken {
        return Ok(Attempt::Done(told));
    }
    if done.arrived() {
        told["error"] = json!("the answer is not one that is known");
    }
    Ok(match pause_s(row.attempts) {
        Some(pause) => Attempt::Again(told, now_us + pause * SECOND_US),
        None => Attempt::Over(told),
    })
}

fn proved_name(stipend: &mut Stipend, creator: &str, now_us: i64) -> Result<String, Error> {
    let context = Context::of(stipend, now_us);
    let sealed = stipend.db.identity(creator)?.map(|row| row.name).unwrap_or_default();
    if sealed.is_empty() {
        return Ok(String::new());
    }
    Ok(context.vault.open(&mut stipend.db, creator, &sealed)?.unwrap_or_default())
}

fn of_owner(stipend: &mut Stipend, payload: &Value, now_us: i64) -> Result<Option<Value>, Error> {
    let row = stipend.db.method(payload["method"].as_i64().unwrap_or(0))?;
    let Some(row) = row.filter(|row| row.removed_us.is_none()) else { return Ok(None) };
    let name = proved_name(stipend, &row.creator, now_us)?;
    let context = Context::of(stipend, now_us);
    let method = methods::details(&mut stipend.db, &row, &context)?;
    Ok(Some(json!({
        "question": "owner",
        "creator": row.creator,
        "method": row.seq,
        "kind": row.kind,
        "country": row.country,
        "holder": method.holder,
        "name": name,
        "details": method.fields,
    })))
}

/// Takes the answer `{"owner": "same"}`; `false` when it is none.
fn owner_said(
    stipend: &mut Stipend,
    payload: &Value,
    answer: &Value,
    now_us: i64,
) -> Result<bool, Error> {
    let Some(owner) = answer["owner"].as_str().filter(|word| OWNERS.contains(word)) else {
        return Ok(false);
    };
    let method = payload["method"].as_i64().unwrap_or(0);
    stipend.db.write(|db| {
        let Some(row) = db.method(method)? else { return Ok(()) };
        db.set_method_owner(method, owner)?;
        let row = MethodRow { owner: owner.to_owned(), ..row };
        let mut body = methods::to_json(&row);
        body["what"] = json!("owner");
        outbox::emit(db, "method.changed", &row.creator, &body, now_us)?;
        Ok::<_, Error>(())
    })?;
    Ok(true)
}

fn of_screening(
    stipend: &mut Stipend,
    payload: &Value,
    now_us: i64,
) -> Result<Option<Value>, Error> {
    let creator = payload["creator"].as_str().unwrap_or_default();
    let Some(identity) = stipend.db.identity(creator)? else { return Ok(None) };
    let name = proved_name(stipend, creator, now_us)?;
    Ok(Some(json!({ "question": "screening", "creator": creator, "country": identity.country,
                    "name": name })))
}

/// Takes the answer `{"screened": "clear"}` or `listed`; `false` when it is none.
fn screening_said(
    stipend: &mut Stipend,
    payload: &Value,
    answer: &Value,
    now_us: i64,
) -> Result<bool, Error> {
    let Some(screened) =
        answer["screened"].as_str().filter(|word| ["clear", "listed"].contains(word))
    else {
        return Ok(false);
    };
    let creator = payload["creator"].as_str().unwrap_or_default();
    let actor = stipend.actor.clone();
    stipend.db.write(|db| {
        let Some(row) = db.identity(creator)? else { return Ok(()) };
        let row = store::IdentityRow {
            screened: screened.to_owned(),
            screened_us: Some(now_us),
            changed_us: now_us,
            ..row
        };
        db.set_identity(&row)?;
        outbox::emit(db, "identity.told", creator, &crate::identity::to_json(&row), now_us)?;
        if screened == "clear" {
            clear(db, creator, &actor, now_us)?;
        }
        Ok::<_, Error>(())
    })?;
    Ok(true)
}

/// Payouts that waited for this answer alone go on.
fn clear(db: &mut Db, creator: &str, actor: &str, now_us: i64) -> Result<(), Error> {
    for row in db.payouts_of(creator, 0, i64::MAX)? {
        if row.state != State::Review.word() {
            continue;
        }
        let why = db.payout_steps(row.seq)?.last().map(|step| step.reason.clone());
        if why.as_deref() == Some("not_screened") {
            let told = Told { actor, reason: "screened_clear", reference: "" };
            advance(db, &row, Event::Clear, &told, now_us)?;
        }
    }
    Ok(())
}
