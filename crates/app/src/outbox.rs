//! What the platform is told: events leave in the transaction of what they tell of, each with its
//! deliveries to the webhooks that want it.
use bus::{Delivery, Sender};
use kernel::day::instant;
use serde_json::{Value, json};
use store::{Db, JobRow, NewJob, StoreError, WebhookRow};

use crate::audit;
use crate::error::Error;
use crate::workspace::Stipend;

/// Kinds of events, with what they tell.
pub const KINDS: [(&str, &str); 46] = [
    ("program.published", "a version of a policy was published"),
    ("day.settled", "a day of a program was settled"),
    ("day.corrected", "a settled day got a correction"),
    ("day.published", "a day's sums are shown to creators from now on"),
    ("day.overdue", "a day that should be settled is not"),
    ("ledger.wrong", "a check of the ledger or the audit log found that something does not hold"),
    ("proposal.made", "a command waits for a second person"),
    ("proposal.decided", "a proposal was approved, rejected, or is void"),
    ("job.dead", "a job was given up and waits for a person"),
    ("webhook.disabled", "a webhook is not called any more"),
    ("membership.changed", "a creator's membership of a program took a step"),
    ("review.overdue", "an application was not answered in time"),
    ("program.announced", "members of a program were told that it ends or is replaced"),
    ("terms.published", "a version of the terms of wallets was published"),
    ("day.released", "a day's earnings can be drawn from now on"),
    ("wallet.changed", "a creator chose a schedule, or a wallet was closed or opened"),
    ("wallet.dormant", "a wallet fell asleep, woke, or what was available became unclaimed"),
    ("wallet.claimed", "a creator claimed what had become unclaimed"),
    ("wallet.adjusted", "a wallet was credited or debited by hand"),
    ("identity.told", "who a creator is by law was told"),
    ("identity.forgotten", "the key of a creator's details was destroyed"),
    ("method.changed", "a payout method was added or removed: write to the contact known before"),
    ("hold.changed", "money was held or released"),
    ("hold.old", "a hold is old and nobody released it"),
    ("payout.changed", "a payout took a step"),
    ("batch.opened", "a batch of payouts waits for approval"),
    ("batch.approved", "a batch of payouts was approved"),
    ("batch.discarded", "a batch of payouts was given up"),
    ("batch.handed-over", "a batch of payouts was handed to its rail"),
    ("float.short", "an account of the platform cannot pay a batch"),
    ("payout.stuck", "whether payouts arrived at their provider is not known for long"),
    ("rates.corrected", "other rates took the place of a day's: quotes from now on use them"),
    ("cash.moved", "money came onto an account of the platform or left it"),
    ("difference.found", "a report of a bank or provider and the ledger differ"),
    ("liabilities.stated", "the day's statement of what is owed and what there is"),
    ("appeal.changed", "an appeal was filed, taken, answered, or made good"),
    ("appeal.said", "something was said in an appeal"),
    ("appeal.overdue", "an appeal was not answered in time"),
    ("copyright.changed", "a copyright claim was filed, objected to, or decided"),
    ("copyright.old", "a copyright claim is old and nobody decided it: money is held"),
    ("backpay.paid", "back-pay came into a wallet"),
    ("backpay.corrected", "a correction made back-pay less: what was too much went back"),
    ("backpay.late", "back-pay did not arrive in the days that were promised"),
    ("backpay.short", "a reserve for back-pay is too small: the money is held"),
    ("backpay.funded", "money came into a reserve for back-pay, or left it"),
    ("webhook.tested", "somebody tries a webhook out"),
];

const SECOND_US: i64 = 1_000_000;
/// Pauses after each attempt that failed, in seconds: three days in all.
const PAUSES_S: [i64; 11] =
    [5, 60, 300, 1_800, 7_200, 18_000, 36_000, 43_200, 50_400, 50_400, 50_400];
/// A webhook that has failed for so long is not called any more.
const FAILING_MAX_US: i64 = 3 * 86_400 * SECOND_US;

/// Notes an event, and a delivery for each webhook that wants it.
///
/// # Errors
/// [`StoreError`].
pub fn emit(
    db: &mut Db,
    kind: &'static str,
    subject: &str,
    data: &Value,
    now_us: i64,
) -> Result<i64, StoreError> {
    let body = json!({ "type": kind, "timestamp": instant(now_us), "data": data }).to_string();
    let seq = db.add_event(kind, subject, &body, now_us)?;
    for hook in db.webhooks()? {
        let wanted = hook.kinds.is_empty() || hook.kinds.iter().any(|wanted| wanted == kind);
        if hook.disabled_us.is_none() && wanted {
            db.add_job(&delivery(&hook.id, seq, "", now_us), now_us)?;
        }
    }
    Ok(seq)
}

/// The job of a delivery; `again` tells a repetition from the first.
pub(crate) fn delivery(hook: &str, event: i64, again: &str, now_us: i64) -> NewJob {
    NewJob {
        kind: "deliver",
        subject: hook.to_owned(),
        once: format!("deliver/{hook}/{event}{again}"),
        payload: json!({ "event": event }).to_string(),
        due_us: now_us,
    }
}

/// What comes of an attempt.
pub(crate) enum Attempt {
    /// It arrived, or need not arrive any more.
    Done(Value),
    /// Try again at this time.
    Again(Value, i64),
    /// Given up.
    Over(Value),
}

/// Makes one attempt.
pub(crate) fn deliver(
    stipend: &mut Stipend,
    sender: &Sender,
    job: &JobRow,
    now_us: i64,
) -> Result<Attempt, Error> {
    let payload: Value = serde_json::from_str(&job.payload).unwrap_or_default();
    let event = stipend.db.event(payload["event"].as_i64().unwrap_or(0))?;
    let hook = stipend.db.webhook(&job.subject)?;
    let (Some(event), Some(hook)) = (event, hook) else {
        return Ok(Attempt::Done(json!({ "message": "the webhook was removed" })));
    };
    if hook.disabled_us.is_some() {
        return Ok(Attempt::Over(json!({ "message": "the webhook is disabled" })));
    }
    let mut secrets = vec![hook.secret.as_str()];
    if !hook.old_secret.is_empty() && now_us < hook.old_until_us {
        secrets.push(&hook.old_secret);
    }
    let (id, timestamp_s) = (format!("evt_{}", event.seq), now_us / SECOND_US);
    let signature = bus::sign(&secrets, &id, timestamp_s, &event.body)
        .map_err(|error| Error::Refused(error.to_string()))?;
    let headers = [
        ("webhook-id", id),
        ("webhook-timestamp", timestamp_s.to_string()),
        ("webhook-signature", signature),
    ];
    let done = sender.send(&hook.url, &headers, &event.body);
    let told = json!({ "status": done.status, "error": done.error, "ms": done.ms });
    if done.arrived() {
        if hook.failing_us.is_some() {
            stipend.db.write(|db| Ok::<_, Error>(db.enable_webhook(&hook.id)?))?;
        }
        return Ok(Attempt::Done(told));
    }
    failed(stipend, &hook, &done, now_us)?;
    Ok(match pause_s(job.attempts) {
        Some(pause) => Attempt::Again(told, now_us + pause * SECOND_US),
        None => Attempt::Over(told),
    })
}

/// Seconds until the next attempt, if there is one.
pub(crate) fn pause_s(attempts: i64) -> Option<i64> {
    usize::try_from(attempts - 1).ok().and_then(|place| PAUSES_S.get(place)).copied()
}

/// Notes that a webhook fails; stops calling it when it does so for days, or says that it is gone.
fn failed(
    stipend: &mut Stipend,
    hook: &WebhookRow,
    done: &Delivery,
    now_us: i64,
) -> Result<(), Error> {
    let actor = stipend.actor.clone();
    let long = hook.failing_us.is_some_and(|since| since + FAILING_MAX_US <= now_us);
    let why = match done.status {
        Some(410) => "it answered 410: gone",
        _ if long => "nothing arrived for three days",
        _ => {
            return stipend.db.write(|db| Ok(db.failing_webhook(&hook.id, now_us).map(|_| ())?));
        }
    };
    stipend.db.write(|db| {
        if db.disable_webhook(&hook.id, why, now_us)? == 0 {
            return Ok(());
        }
        let data = json!({ "webhook": hook.id, "url": hook.url, "why": why });
        emit(db, "webhook.disabled", &hook.id, &data, now_us)?;
        crate::messages::send(db, "role:admin", "webhook-disabled", &data, now_us)?;
        let entry = audit::Entry {
            actor: &actor,
            command: "webhook.disable",
            subject: &hook.id,
            reason: why,
            outcome: "done",
            request: &[],
        };
        Ok(audit::note(db, &entry, now_us)?)
    })
}

/// A webhook as the API shows it, without its secret.
#[must_use]
pub fn webhook_json(hook: &WebhookRow) -> Value {
    let time = |at: Option<i64>| at.map(instant);
    json!({
        "id": hook.id,
        "url": hook.url,
        "kinds": hook.kinds,
        "made_by": hook.made_by,
        "created": instant(hook.created_us),
        "failing_since": time(hook.failing_us),
        "disabled": time(hook.disabled_us),
        "disabled_why": hook.disabled_why,
    })
}
