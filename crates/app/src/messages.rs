//! The inbox: messages to creators and operators, as facts; their words come from the languages of
//! [`bus`] when they are read, and operators get them by mail as well.
use kernel::day::instant;
use serde_json::{Value, json};
use store::{Db, JobRow, MessageRow, NewJob, StoreError};

use crate::dispatch::Answer;
use crate::error::Error;
use crate::outbox::Attempt;
use crate::workspace::Stipend;

/// Writes a message to somebody: `creator:…`, `operator:…`, or all operators of a `role:…`.
pub(crate) fn send(
    db: &mut Db,
    to: &str,
    kind: &str,
    facts: &Value,
    now_us: i64,
) -> Result<(), StoreError> {
    let seq = db.add_message(to, kind, &facts.to_string(), now_us)?;
    let (whose, id) = to.split_once(':').unwrap_or_default();
    let operators = match whose {
        "operator" => db.operator(id)?.into_iter().collect(),
        "role" => db.operators()?,
        _ => Vec::new(),
    };
    for one in operators {
        let wanted = whose == "operator" || one.roles.iter().any(|role| role == id);
        if !wanted || one.disabled_us.is_some() {
            continue;
        }
        let job = NewJob {
            kind: "mail",
            subject: one.id.clone(),
            once: format!("mail/{seq}/{}", one.id),
            payload: json!({ "message": seq }).to_string(),
            due_us: now_us,
        };
        db.add_job(&job, now_us)?;
    }
    Ok(())
}

/// Notes that somebody read a message that is his.
pub(crate) fn read(
    db: &mut Db,
    seq: i64,
    inboxes: &[String],
    now_us: i64,
) -> Result<Answer, Error> {
    let missing = || Error::Missing(format!("there is no message {seq}"));
    let one =
        db.message(seq)?.filter(|one| inboxes.contains(&one.recipient)).ok_or_else(missing)?;
    db.read_message(seq, now_us)?;
    let read_us = one.read_us.or(Some(now_us));
    Ok(Answer::new(200, &json!({ "id": seq, "read": read_us.map(instant) })))
}

/// A message in a language, as the API shows it.
#[must_use]
pub fn to_json(one: &MessageRow, language: &str) -> Value {
    let facts: Value = serde_json::from_str(&one.facts).unwrap_or_default();
    let text = bus::render(&one.kind, &facts, language);
    json!({
        "id": one.seq,
        "kind": one.kind,
        "facts": facts,
        "language": language,
        "subject": text.subject,
        "body": text.body,
        "created": instant(one.created_us),
        "read": one.read_us.map(instant),
    })
}

/// Sends a message to an operator by mail.
pub(crate) fn mail(
    stipend: &mut Stipend,
    mailer: Option<&bus::Mailer>,
    job: &JobRow,
    now_us: i64,
) -> Result<Attempt, Error> {
    let Some(mailer) = mailer else {
        return Ok(Attempt::Done(json!({ "message": "no mail server is configured" })));
    };
    let payload: Value = serde_json::from_str(&job.payload).unwrap_or_default();
    let message = stipend.db.message(payload["message"].as_i64().unwrap_or(0))?;
    let operator = stipend.db.operator(&job.subject)?.filter(|one| one.disabled_us.is_none());
    let (Some(message), Some(operator)) = (message, operator) else {
        return Ok(Attempt::Done(json!({ "message": "nobody is there to read it" })));
    };
    let facts: Value = serde_json::from_str(&message.facts).unwrap_or_default();
    let text = bus::render(&message.kind, &facts, &operator.language);
    let letter = bus::Letter {
        // The same letter again has the same id: mail servers drop the second.
        id: format!("{}.{}", message.seq, operator.id),
        to: (operator.name, operator.email),
        subject: text.subject,
        body: text.body,
        at_s: message.created_us / 1_000_000,
    };
    match mailer.send(&letter) {
        Ok(()) => Ok(Attempt::Done(json!({ "sent": true }))),
        Err(error) => {
            let told = json!({ "error": error.to_string() });
            let again = crate::outbox::pause_s(job.attempts);
            Ok(match again.filter(|_| error.passes()) {
                Some(pause) => Attempt::Again(told, now_us + pause * 1_000_000),
                None => Attempt::Over(told),
            })
        }
    }
}
