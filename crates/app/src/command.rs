//! Every change that can be asked for, in one list: the dispatcher does no other.
use std::collections::BTreeMap;

use kernel::Day;
use kernel::day::instant;
use kernel::id::HashKey;
use serde_json::{Value, json};
use store::{Db, NewJob, TokenKeyRow, WebhookRow};

use crate::access::check_name;
use crate::calendars::Days;
use crate::dispatch::Answer;
use crate::drafts::Draft;
use crate::error::Error;
use crate::facts::{self, Told};
use crate::intake::{self, Batch};
use crate::keys::{self, Made};
use crate::membership::Wish;
use crate::people::People;
use crate::problem::refusals;
use crate::remedies::REMEDY;
use crate::reviews::Case;
use crate::vault::Vault;
use crate::workspace::Stipend;
use crate::{appeals, calendars, copyright, jobs, outbox, payouts, programs, rates, terms, wallet};

/// How far to settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// Through a day.
    Day(Day),
    /// Through the last day that is over and has events.
    Latest,
}

/// A change that is asked for.
#[derive(Clone)]
pub enum Command {
    /// Take events in.
    TakeEvents {
        /// The events.
        batch: Batch,
        /// How many of them this server had seen lately.
        known: u64,
    },
    /// Tell facts of creators and works.
    TellFacts(Told),
    /// Publish a policy.
    PublishProgram {
        /// The document.
        document: String,
    },
    /// Have a program's days settled: enqueues the job.
    Settle {
        /// The program.
        program: String,
        /// How far.
        until: Until,
    },
    /// Store a key that was made.
    AddKey(Made),
    /// Store a new key in the place of another, which ends a little later.
    RotateKey {
        /// The key that ends.
        id: String,
        /// When it ends.
        ends_us: i64,
        /// The new key.
        made: Made,
    },
    /// End a key at once.
    RevokeKey {
        /// The key.
        id: String,
    },
    /// Believe a platform's key for its users' tokens.
    AddTokenKey(TokenKeyRow),
    /// Believe it no more.
    RevokeTokenKey {
        /// The key.
        id: String,
    },
    /// Call a webhook from now on.
    AddWebhook(WebhookRow),
    /// Give a webhook a new secret; the old one signs beside it for a while.
    RotateWebhook {
        /// The webhook.
        id: String,
        /// The new secret.
        secret: String,
        /// Until when the old one signs.
        old_until_us: i64,
    },
    /// Call a webhook again that was disabled.
    EnableWebhook {
        /// The webhook.
        id: String,
    },
    /// Call a webhook no more.
    RemoveWebhook {
        /// The webhook.
        id: String,
    },
    /// Send a webhook an event to try it out.
    TestWebhook {
        /// The webhook.
        id: String,
    },
    /// Send events to a webhook again.
    ReplayEvents {
        /// The webhook.
        id: String,
        /// After this event.
        after: i64,
    },
    /// Put a dead job back.
    ReplayJob {
        /// The job.
        seq: i64,
    },
    /// What is done with operators, sessions, messages and proposals.
    People(People),
    /// Let a creator into a program, or out.
    Member(Wish),
    /// Something done with the review of an application.
    Review(Case),
    /// Something done with a program's draft.
    Draft(Draft),
    /// Publish terms of wallets.
    PublishTerms {
        /// The document.
        document: String,
    },
    /// Take rates of exchange in.
    ImportRates {
        /// The ECB's file.
        file: String,
        /// Whether what is known of its days is replaced.
        correct: bool,
    },
    /// Something done with a wallet.
    Wallet(wallet::Change),
    /// Something done with payouts.
    Payout(payouts::Change),
    /// Something done with appeals.
    Appeal(appeals::Change),
    /// Something done with copyright claims.
    Copyright(copyright::Change),
    /// Have a policy tested on days that are over: enqueues the job.
    Backtest {
        /// The program.
        program: String,
        /// The document.
        document: String,
        /// The first day.
        from: Day,
        /// The last day.
        through: Day,
    },
    /// Put a business calendar in the place of the one that was there.
    SetCalendar {
        /// A country's code, or the operator's closures.
        calendar: String,
        /// Its days.
        days: Days,
    },
}

impl std::fmt::Debug for Command {
    // Not derived: a key in it must not reach a log.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} of {}", self.word(), self.subject())
    }
}

/// What commands need besides the database.
pub(crate) struct Context {
    pub(crate) public: HashKey,
    pub(crate) vault: Vault,
    pub(crate) now_us: i64,
}

impl Context {
    pub(crate) fn of(stipend: &Stipend, now_us: i64) -> Context {
        Context { public: stipend.keys.public.clone(), vault: stipend.vault.clone(), now_us }
    }
}

/// Answers of these commands need not be kept for ever: what they do has its own identity.
pub(crate) const FORGETTABLE: [&str; 2] = ["events.take", "facts.tell"];

impl Command {
    /// The command's word, for the audit log.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Command::TakeEvents { .. } => "events.take",
            Command::TellFacts(_) => "facts.tell",
            Command::PublishProgram { .. } => "program.publish",
            Command::Settle { .. } => "program.settle",
            Command::AddKey(_) => "key.make",
            Command::RotateKey { .. } => "key.rotate",
            Command::RevokeKey { .. } => "key.revoke",
            Command::AddTokenKey(_) => "token-key.add",
            Command::RevokeTokenKey { .. } => "token-key.revoke",
            Command::AddWebhook(_) => "webhook.add",
            Command::RotateWebhook { .. } => "webhook.rotate",
            Command::EnableWebhook { .. } => "webhook.enable",
            Command::RemoveWebhook { .. } => "webhook.remove",
            Command::TestWebhook { .. } => "webhook.test",
            Command::ReplayEvents { .. } => "webhook.replay",
            Command::ReplayJob { .. } => "job.replay",
            Command::People(people) => people.word(),
            Command::Member(wish) => wish.word(),
            Command::Review(case) => case.word(),
            Command::SetCalendar { .. } => "calendar.set",
            Command::Draft(draft) => draft.word(),
            Command::PublishTerms { .. } => "terms.publish",
            Command::ImportRates { .. } => "rates.import",
            Command::Wallet(change) => change.word(),
            Command::Payout(change) => change.word(),
            Command::Appeal(change) => change.word(),
            Command::Copyright(change) => change.word(),
            Command::Backtest { .. } => "program.backtest",
        }
    }

    /// What it is done to.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Command::TakeEvents { batch, .. } => format!("{} events", batch.ids.len()),
            Command::TellFacts(told) => match told.rows.as_slice() {
                [(_, row)] => match (&row.work, &row.creator) {
                    (Some(work), _) => format!("work {}", work.id),
                    (None, Some(creator)) => format!("creator {}", creator.id),
                    (None, None) => "nothing".to_owned(),
                },
                rows => format!("{} rows", rows.len()),
            },
            Command::PublishProgram { document } => {
                let digest = lake::files::sha256(document.as_bytes());
                format!("document {}", hex::encode(digest))
            }
            Command::Settle { program, .. } => format!("program {program}"),
            Command::AddKey(made) => made.row.id.clone(),
            Command::AddTokenKey(key) => key.id.clone(),
            Command::AddWebhook(hook) => hook.id.clone(),
            Command::RotateKey { id, .. }
            | Command::RevokeKey { id }
            | Command::RevokeTokenKey { id }
            | Command::RotateWebhook { id, .. }
            | Command::EnableWebhook { id }
            | Command::RemoveWebhook { id }
            | Command::TestWebhook { id }
            | Command::ReplayEvents { id, .. } => id.clone(),
            Command::ReplayJob { seq } => format!("job {seq}"),
            Command::People(people) => people.subject(),
            Command::Member(wish) => wish.subject(),
            Command::Review(case) => format!("review {}", case.seq),
            Command::SetCalendar { calendar, .. } => format!("calendar {calendar}"),
            Command::Draft(draft) => format!("draft of {}", draft.program),
            Command::PublishTerms { document } => {
                let digest = lake::files::sha256(document.as_bytes());
                format!("document {}", hex::encode(digest))
            }
            Command::ImportRates { .. } => "rates of the ECB".to_owned(),
            Command::Wallet(change) => change.subject(),
            Command::Payout(change) => change.subject(),
            Command::Appeal(change) => change.subject(),
            Command::Copyright(change) => change.subject(),
            Command::Backtest { program, .. } => format!("program {program}"),
        }
    }

    /// The command as a document, if it can be proposed.
    pub(crate) fn document(&self) -> Option<Value> {
        match self {
            Command::PublishProgram { document } => Some(json!({ "policy": document })),
            Command::AddTokenKey(key) => Some(json!({
                "id": key.id, "name": key.name, "public_key": hex::encode(&key.public_key),
                "made_by": key.made_by, "created_us": key.created_us,
            })),
            Command::People(people) => people.document(),
            Command::Member(wish) => wish.document(),
            Command::PublishTerms { document } => Some(json!({ "terms": document })),
            Command::Wallet(change) => change.document(),
            Command::Payout(change) => change.document(),
            Command::Appeal(change) => change.document(),
            Command::Copyright(change) => change.document(),
            _ => None,
        }
    }

    /// The command that a document says.
    pub(crate) fn of_document(word: &str, document: &Value) -> Option<Command> {
        let text = |name: &str| document[name].as_str().map(str::to_owned);
        match word {
            "program.publish" => Some(Command::PublishProgram { document: text("policy")? }),
            "token-key.add" => Some(Command::AddTokenKey(TokenKeyRow {
                id: text("id")?,
                name: text("name").filter(|name| check_name(name).is_ok())?,
                public_key: hex::decode(text("public_key")?).ok().filter(|key| key.len() == 32)?,
                made_by: text("made_by")?,
                created_us: document["created_us"].as_i64()?,
                revoked_us: None,
            })),
            "member.override" => Wish::of_document(document).map(Command::Member),
            "terms.publish" => Some(Command::PublishTerms { document: text("terms")? }),
            appeals::FUND | REMEDY => {
                appeals::Change::of_document(word, document).map(Command::Appeal)
            }
            copyright::DECIDE => copyright::Change::of_document(document).map(Command::Copyright),
            "wallet.adjust" => wallet::Change::of_document(document).map(Command::Wallet),
            "payout.approve" | "payout.conclude" | "cash.move" => {
                payouts::Change::of_document(word, document).map(Command::Payout)
            }
            _ => People::of_document(word, document).map(Command::People),
        }
    }

    /// What came of it, for the audit log.
    pub(crate) fn outcome(&self, answer: &Answer) -> &'static str {
        let Command::People(People::Decide { .. }) = self else { return "done" };
        let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let states = ["approved", "rejected", "void"];
        states.into_iter().find(|state| body["state"] == *state).unwrap_or("done")
    }

    /// Whether names or bank details are in it.
    pub(crate) fn has_details(&self) -> bool {
        use wallet::Change as W;
        matches!(self, Command::Wallet(W::Identify(_) | W::AddMethod(_)))
    }

    /// About how much it writes.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Command::TakeEvents { batch, .. } => batch.bytes.len(),
            Command::ImportRates { file, .. } => file.len(),
            Command::Payout(change) => change.bytes(),
            _ => 1_000,
        }
    }

    pub(crate) fn run(&self, db: &mut Db, actor: &str, context: &Context) -> Result<Answer, Error> {
        let now_us = context.now_us;
        match self {
            Command::TakeEvents { batch, known } => take(db, actor, batch, *known, now_us),
            Command::TellFacts(told) => tell(db, context, told),
            Command::PublishProgram { document } => publish(db, document, now_us),
            Command::Settle { program, until } => settle(db, program, *until, now_us),
            Command::AddKey(made) => {
                db.add_key(&made.row)?;
                Ok(shown(made))
            }
            Command::RotateKey { id, ends_us, made } => {
                let old = keys::get(db, id)?;
                if old.revoked_us.is_some() {
                    return Err(ended(id));
                }
                db.expire_key(id, *ends_us)?;
                db.add_key(&made.row)?;
                Ok(shown(made))
            }
            Command::RevokeKey { id } => {
                keys::get(db, id)?;
                if db.revoke_key(id, now_us)? == 0 {
                    return Err(ended(id));
                }
                Ok(Answer::new(200, &key_json(&keys::get(db, id)?)))
            }
            Command::AddTokenKey(key) => {
                db.add_token_key(key)?;
                Ok(Answer::new(201, &token_key_json(key)))
            }
            Command::RevokeTokenKey { id } => {
                let missing = || Error::Missing(format!("there is no key `{id}`"));
                db.token_key(id)?.ok_or_else(missing)?;
                if db.revoke_token_key(id, now_us)? == 0 {
                    return Err(ended(id));
                }
                let key = db.token_key(id)?.ok_or_else(missing)?;
                Ok(Answer::new(200, &token_key_json(&key)))
            }
            Command::AddWebhook(hook) => {
                db.add_webhook(hook)?;
                Ok(hook_shown(201, hook, &hook.secret))
            }
            Command::RotateWebhook { id, secret, old_until_us } => {
                let hook = get_webhook(db, id)?;
                db.rotate_webhook(id, secret, *old_until_us)?;
                Ok(hook_shown(200, &hook, secret))
            }
            Command::EnableWebhook { id } => {
                get_webhook(db, id)?;
                db.enable_webhook(id)?;
                Ok(Answer::new(200, &outbox::webhook_json(&get_webhook(db, id)?)))
            }
            Command::RemoveWebhook { id } => {
                let hook = get_webhook(db, id)?;
                db.remove_webhook(id)?;
                Ok(Answer::new(200, &outbox::webhook_json(&hook)))
            }
            Command::TestWebhook { id } => test_webhook(db, id, now_us),
            Command::ReplayEvents { id, after } => replay(db, id, *after, now_us),
            Command::ReplayJob { seq } => {
                let missing = || Error::Missing(format!("there is no job {seq}"));
                db.job(*seq)?.ok_or_else(missing)?;
                if !db.replay_job(*seq, now_us)? {
                    let message = format!("job {seq} is not dead: only dead jobs are put back");
                    return Err(Error::Conflict { code: "not_dead", message });
                }
                let job = db.job(*seq)?.ok_or_else(missing)?;
                Ok(Answer::new(200, &jobs::to_json(&job)))
            }
            Command::People(people) => people.run(db, context),
            Command::Member(wish) => wish.run(db, actor, now_us),
            Command::Review(case) => case.run(db, now_us),
            Command::Draft(draft) => draft.run(db, actor, now_us),
            Command::PublishTerms { document } => terms::publish(db, document, now_us),
            Command::ImportRates { file, correct } => rates::import(db, file, *correct, now_us),
            Command::Wallet(change) => change.run(db, actor, context),
            Command::Payout(change) => change.run(db, actor, context),
            Command::Appeal(change) => change.run(db, actor, context),
            Command::Copyright(change) => change.run(db, actor, now_us),
            Command::Backtest { program, document, from, through } => {
                backtest(db, (program, document), (*from, *through), now_us)
            }
            Command::SetCalendar { calendar, days } => {
                db.set_calendar(calendar, days)?;
                Ok(Answer::new(200, &calendars::to_json(calendar, days)))
            }
        }
    }
}

fn take(db: &mut Db, actor: &str, batch: &Batch, known: u64, now_us: i64) -> Result<Answer, Error> {
    intake::take(db, actor, batch, now_us)?;
    Ok(Answer::new(
        200,
        &json!({
            "accepted": batch.counts.accepted,
            "duplicates": known,
            "refused": batch.counts.refused,
            "refusals": refusals(&batch.refused),
        }),
    ))
}

fn tell(db: &mut Db, context: &Context, told: &Told) -> Result<Answer, Error> {
    let stored = facts::store(db, &context.public, told, context.now_us)?;
    look_again(db, told, context.now_us)?;
    if stored.counts.accepted == 0 {
        return Err(Error::AllRefused(stored.refused));
    }
    Ok(Answer::new(
        200,
        &json!({
            "accepted": stored.counts.accepted,
            "refused": stored.counts.refused,
            "subjects": stored.subjects,
            "versions": stored.versions,
            "refusals": refusals(&stored.refused),
        }),
    ))
}

/// Members of whom something was told are looked at again, each by a job (R30).
fn look_again(db: &mut Db, told: &Told, now_us: i64) -> Result<(), Error> {
    let mut creators: Vec<&str> =
        told.rows.iter().filter_map(|(_, row)| Some(row.creator.as_ref()?.id.as_str())).collect();
    creators.sort_unstable();
    creators.dedup();
    let mut members: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    // Of more the next day's look at all members takes care.
    for creator in creators.into_iter().take(LOOKED_AGAIN_MAX) {
        for row in db.memberships_of(creator)? {
            if row.is_in() {
                members.entry(row.program).or_default().push(creator);
            }
        }
    }
    let import = db.last_import()?;
    for (program, creators) in members {
        let job = NewJob {
            kind: "evaluate",
            once: format!("evaluate/{program}/import {import}"),
            subject: program,
            payload: json!({ "creators": creators }).to_string(),
            due_us: now_us,
        };
        db.add_job(&job, now_us)?;
    }
    Ok(())
}

/// Creators of one telling who are looked at again at once.
const LOOKED_AGAIN_MAX: usize = 1_000;

fn publish(db: &mut Db, document: &str, now_us: i64) -> Result<Answer, Error> {
    let done = programs::add_version(db, document, now_us)?;
    let status = if done.unchanged { 200 } else { 201 };
    Ok(Answer::new(
        status,
        &json!({
            "program": done.program,
            "version": done.version,
            "digest": done.digest,
            "unchanged": done.unchanged,
        }),
    ))
}

fn test_webhook(db: &mut Db, id: &str, now_us: i64) -> Result<Answer, Error> {
    get_webhook(db, id)?;
    let data = json!({ "webhook": id });
    let body = json!({ "type": "webhook.tested", "timestamp": instant(now_us), "data": data });
    let event = db.add_event("webhook.tested", id, &body.to_string(), now_us)?;
    db.add_job(&outbox::delivery(id, event, "", now_us), now_us)?;
    Ok(Answer::new(202, &json!({ "event": event })))
}

/// Events that one replay sends again.
const REPLAYED_MAX: i64 = 1_000;

/// Sends a webhook again what it wants of the events after a number.
fn replay(db: &mut Db, id: &str, after: i64, now_us: i64) -> Result<Answer, Error> {
    let hook = get_webhook(db, id)?;
    let random = keys::random_hex(4).map_err(Error::file("/dev/urandom"))?;
    let (mut count, mut last) = (0, after);
    for event in db.events_page(after, REPLAYED_MAX)? {
        last = event.seq;
        if hook.kinds.is_empty() || hook.kinds.contains(&event.kind) {
            let job = outbox::delivery(id, event.seq, &format!("/{random}"), now_us);
            db.add_job(&job, now_us)?;
            count += 1;
        }
    }
    Ok(Answer::new(202, &json!({ "deliveries": count, "last": last })))
}

fn get_webhook(db: &mut Db, id: &str) -> Result<WebhookRow, Error> {
    db.webhook(id)?.ok_or_else(|| Error::Missing(format!("there is no webhook `{id}`")))
}

/// A webhook with its secret; without it for repetitions.
fn hook_shown(status: u16, hook: &WebhookRow, secret: &str) -> Answer {
    let mut body = outbox::webhook_json(hook);
    body["secret"] = json!(null);
    let kept = Some(body.to_string());
    body["secret"] = json!(secret);
    Answer { kept, ..Answer::new(status, &body) }
}

/// A platform's key as the API shows it.
#[must_use]
pub fn token_key_json(row: &TokenKeyRow) -> serde_json::Value {
    json!({
        "id": row.id,
        "name": row.name,
        "public_key": hex::encode(&row.public_key),
        "made_by": row.made_by,
        "created": instant(row.created_us),
        "revoked": row.revoked_us.map(instant),
    })
}

fn ended(id: &str) -> Error {
    Error::Conflict { code: "already_ended", message: format!("the key `{id}` was ended before") }
}

/// A key that was made, with its secret; without it for repetitions.
fn shown(made: &Made) -> Answer {
    let mut body = key_json(&made.row);
    body["key"] = json!(null);
    let kept = Some(body.to_string());
    body["key"] = json!(made.text);
    Answer { kept, ..Answer::new(201, &body) }
}

/// A key as the API shows it.
#[must_use]
pub fn key_json(row: &store::KeyRow) -> serde_json::Value {
    let time = |at: Option<i64>| at.map(instant);
    json!({
        "id": row.id,
        "name": row.name,
        "role": row.role,
        "scopes": row.scopes,
        "made_by": row.made_by,
        "created": time(Some(row.created_us)),
        "expires": time(row.expires_us),
        "revoked": time(row.revoked_us),
        "last_used": time(row.used_us),
    })
}

fn backtest(
    db: &mut Db,
    (program, document): (&str, &str),
    (from, through): (Day, Day),
    now_us: i64,
) -> Result<Answer, Error> {
    programs::check_document(program, document)?;
    let (from, to) = (from.to_string(), through.to_string());
    let payload = json!({ "policy": document, "from": from, "to": to });
    enqueue(db, ("backtest", "backtest"), program, &payload, now_us)
}

/// Adds a job that somebody asked for, each time anew, and answers with it. `once` is the beginning
/// of what makes it unique.
fn enqueue(
    db: &mut Db,
    (kind, once): (&'static str, &str),
    program: &str,
    payload: &Value,
    now_us: i64,
) -> Result<Answer, Error> {
    let random = keys::random_hex(8).map_err(Error::file("/dev/urandom"))?;
    let job = NewJob {
        kind,
        subject: program.to_owned(),
        once: format!("{once}/{random}"),
        payload: payload.to_string(),
        due_us: now_us,
    };
    db.add_job(&job, now_us)?;
    let missing = || Error::Missing("the job was not added".to_owned());
    let added = db.find_job(&job.once)?.ok_or_else(missing)?;
    Ok(Answer::new(202, &jobs::to_json(&added)))
}

fn settle(db: &mut Db, program: &str, until: Until, now_us: i64) -> Result<Answer, Error> {
    let versions: Vec<_> =
        db.policies()?.into_iter().filter(|row| row.program == program).collect();
    let Some(last) = versions.last() else {
        return Err(Error::Missing(format!("there is no program `{program}`")));
    };
    let policy = program::Policy::parse(&last.document)?;
    if let Until::Day(day) = until
        && policy.zone.end_us(day) > now_us
    {
        let zone = policy.zone.name();
        return Err(Error::Refused(format!("{day} is not over in {zone}: settle it after that")));
    }
    let through = match until {
        Until::Day(day) => day.to_string(),
        Until::Latest => "latest".to_owned(),
    };
    enqueue(db, ("settle", "asked"), program, &json!({ "through": through }), now_us)
}
