//! Jobs and who does them: a worker takes what is due, keeps its lease while it works, and puts
//! back what failed, later and later, until it is given up. What is due by the clock is added here
//! too: sealing, each program's daily settlement, cleaning up.
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bus::{Guard, Mailer, Sender};
use kernel::day::instant;
use kernel::{Clock, Day, Zone};
use program::Reward;
use serde_json::{Value, json};
use store::{JobRow, JobState, Lane, NewJob};

use crate::command::FORGETTABLE;
use crate::error::Error;
use crate::outbox::{self, Attempt};
use crate::programs::Published;
use crate::questions::{self, Asked};
use crate::rails::{self, Rails};
use crate::settle::{self, Through};
use crate::workspace::Stipend;
use crate::{
    appeals, backpay, copyright, dormancy, drafts, draw, evaluate, failpoint, holds, indicators,
    intake, liabilities, messages, programs, publish, release, reviews, silence, trends,
};

const SECOND_US: i64 = 1_000_000;
const DAY_US: i64 = 86_400 * SECOND_US;
/// How long a worker may be silent before another takes its job.
const LEASE_US: i64 = 30 * SECOND_US;
const HEARTBEAT: Duration = Duration::from_secs(5);
/// Attempts before a job is dead, and the longest pause between two.
const ATTEMPTS_MAX: i64 = 12;
const PAUSE_MAX_US: i64 = 3_600 * SECOND_US;
/// How often a worker looks what is due by the clock.
const SCHEDULE_EVERY_US: i64 = 2 * SECOND_US;
/// Events wait for sealing this long, or until there are so many.
const SEAL_AGE_US: i64 = 60 * SECOND_US;
const SEAL_EVENTS: i64 = 2_000_000;
/// A day is settled this long before it is to be shown, and not before it is over.
const AHEAD_US: i64 = 2 * 3_600 * SECOND_US;
/// A day that is not settled so long after it was due is told to people.
const ALARM_US: i64 = 3_600 * SECOND_US;
/// The day that is not over is estimated this often.
const ESTIMATE_EVERY_US: i64 = 3_600 * SECOND_US;
/// Estimates are kept so many days beside what came of them.
const ESTIMATES_KEPT_DAYS: i32 = 40;
/// Messages are kept this long.
const MESSAGES_KEPT_US: i64 = 400 * DAY_US;
/// Done jobs and answers that need not be kept for ever are forgotten after so long.
const KEPT_US: i64 = 30 * DAY_US;
/// Days back that the scheduler looks for ones that were never settled.
const LOOK_BACK_DAYS: i32 = 31;

/// A job as the API shows it.
#[must_use]
pub fn to_json(job: &JobRow) -> Value {
    let time = |at: i64| instant(at);
    let result: Value = serde_json::from_str(&job.result).unwrap_or_else(|_| json!(job.result));
    json!({
        "id": job.seq,
        "kind": job.kind,
        "subject": job.subject,
        "state": job.state.word(),
        "attempts": job.attempts,
        "due": time(job.due_us),
        "created": time(job.created_us),
        "changed": time(job.changed_us),
        "result": if job.result.is_empty() { Value::Null } else { result },
    })
}

/// Runs that should be there and are not: "nothing happened" is an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overdue {
    /// The program.
    pub program: String,
    /// The day that was to be settled.
    pub day: Day,
    /// Since when.
    pub due_us: i64,
}

/// When a program's day is to be settled.
fn due_us(policy: &program::Policy, day: Day) -> i64 {
    let shown = policy.zone.at_us(day.plus(policy.publish_after_days), policy.publish_at);
    policy.zone.end_us(day).max(shown - AHEAD_US)
}

/// Days of all programs that are due for settlement and are not settled.
///
/// # Errors
/// When the database cannot be read.
pub fn overdue(stipend: &mut Stipend, now_us: i64) -> Result<Vec<Overdue>, Error> {
    let versions = programs::all(stipend)?;
    overdue_of(stipend, &versions, now_us)
}

fn overdue_of(
    stipend: &mut Stipend,
    versions: &[Published],
    now_us: i64,
) -> Result<Vec<Overdue>, Error> {
    let segments = stipend.db.segments()?;
    let Some(first_us) = segments.iter().map(|segment| segment.first_us).min() else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    let mut names: Vec<&str> = versions.iter().map(|v| v.row.program.as_str()).collect();
    names.dedup();
    for name in names {
        let of: Vec<_> = versions.iter().filter(|v| v.row.program == name).collect();
        let (Some(oldest), Some(newest)) = (of.first(), of.last()) else { continue };
        if newest.policy.reward == Reward::Nothing {
            continue;
        }
        let zone = &newest.policy.zone;
        // After its last day a program settles nothing (N29).
        let ends = newest.policy.catalogue.ends.map(|last| last.0.plus(1));
        let today = zone.day_of(now_us).min(ends.unwrap_or(zone.day_of(now_us)));
        let settled = stipend.db.runs(name)?.iter().map(|run| run.day).max();
        let from = zone.day_of(first_us).max(oldest.policy.effective);
        let mut day = settled.map_or(from, |day| day.plus(1)).max(today.plus(-LOOK_BACK_DAYS));
        while day < today {
            let policy = of.iter().rev().find(|v| v.policy.effective <= day);
            let due_us = policy.map_or(i64::MAX, |version| due_us(&version.policy, day));
            if due_us <= now_us {
                found.push(Overdue { program: name.to_owned(), day, due_us });
            }
            day = day.plus(1);
        }
    }
    Ok(found)
}

/// Adds what is due by the clock.
///
/// # Errors
/// When the database fails.
pub fn schedule(stipend: &mut Stipend, now_us: i64) -> Result<(), Error> {
    let mut jobs = Vec::new();
    let job = |kind: &'static str, subject: &str, once: String, payload: Value| NewJob {
        kind,
        subject: subject.to_owned(),
        once,
        payload: payload.to_string(),
        due_us: now_us,
    };
    let (waiting, since_us) = stipend.db.intake_waiting()?;
    if let Some(since_us) = since_us
        && (waiting >= SEAL_EVENTS || since_us + SEAL_AGE_US <= now_us)
    {
        jobs.push(job("seal", "events", format!("seal/{since_us}"), json!({})));
    }
    // A settlement through a day settles those before it too.
    let mut last: std::collections::BTreeMap<String, Overdue> = std::collections::BTreeMap::new();
    let mut alarms = Vec::new();
    let versions = programs::all(stipend)?;
    for overdue in overdue_of(stipend, &versions, now_us)? {
        if overdue.due_us + ALARM_US <= now_us {
            alarms.push(overdue.clone());
        }
        last.insert(overdue.program.clone(), overdue);
    }
    for overdue in last.into_values() {
        let once = format!("settle/{}/{}", overdue.program, overdue.day);
        let through = json!({ "through": overdue.day.to_string() });
        jobs.push(job("settle", &overdue.program, once, through));
    }
    for late in alarms {
        let once = format!("alarm/{}/{}", late.program, late.day);
        let facts = json!({ "program": late.program, "day": late.day.to_string(),
                            "due": instant(late.due_us) });
        jobs.push(job("alarm", &late.program, once, facts));
    }
    let today = Zone::utc().day_of(now_us);
    jobs.push(job("indicators", "days of creators", "indicators/1".to_owned(), json!({})));
    jobs.push(job("clean", "old answers and jobs", format!("clean/{today}"), json!({})));
    jobs.push(job("check", "ledger and audit log", format!("check/{today}"), json!({})));
    jobs.extend(of_wallets(stipend, today, now_us)?);
    of_programs(&versions, now_us, &mut |kind, subject, once, payload| {
        jobs.push(job(kind, subject, once, payload));
    });
    if let Some(late) = stipend.db.late_appeals(now_us, now_us + appeals::SOON_US)?.last() {
        let once = format!("appeals/{}/{}", late.seq, late.escalated);
        jobs.push(job("appeals", "appeals", once, json!({})));
    }
    if let Some((late, _)) = appeals::late(&mut stipend.db, now_us)?.last() {
        let once = format!("appeals-late/{}", late.seq);
        jobs.push(job("appeals", "appeals", once, json!({})));
    }
    if let Some(late) = stipend.db.late_reviews(now_us)?.last() {
        let once = format!("reviews/{}/{}", late.seq, late.escalated);
        jobs.push(job("reviews", "applications", once, json!({})));
    }
    let mut fresh = Vec::new();
    for job in jobs {
        if stipend.db.find_job(&job.once)?.is_none() {
            fresh.push(job);
        }
    }
    if fresh.is_empty() {
        return Ok(());
    }
    stipend.db.write(|db| {
        for job in &fresh {
            db.add_job(job, now_us)?;
        }
        Ok::<_, Error>(())
    })
}

/// Adds a job: its kind, its subject, what makes it one, its payload.
type Add<'a> = &'a mut dyn FnMut(&'static str, &str, String, Value);

/// What is due of programs each day, or more often.
fn of_programs(versions: &[Published], now_us: i64, add: Add<'_>) {
    for version in programs::in_effect(versions, now_us) {
        let program = &version.row.program;
        if version.policy.reward != Reward::Nothing {
            let slot = now_us / ESTIMATE_EVERY_US;
            add("estimate", program, format!("estimate/{program}/{slot}"), json!({}));
        }
        // Members are looked at again on each of the program's days (R30).
        if version.policy.admission.is_some() {
            let (program, day) = (&version.row.program, version.policy.zone.day_of(now_us));
            add("evaluate", program, format!("evaluate/{program}/{day}"), json!({}));
        }
    }
    for version in programs::newest(versions) {
        let (program, policy) = (&version.row.program, &version.policy);
        let catalogue = &policy.catalogue;
        let today = policy.zone.day_of(now_us);
        if catalogue.replaces.is_some() || catalogue.ends.is_some() {
            let once = format!("succession/{program}/{today}");
            add("succession", program, once, json!({}));
        }
        // After its last day a program's days can be corrected for as long as any (N29).
        if let Some(last) = catalogue.ends
            && policy.reward != Reward::Nothing
            && today > last.0.plus(1)
            && today <= last.0.plus(policy.correction_days + 1)
        {
            let once = format!("settle/{program}/{}/again/{today}", last.0);
            add("settle", program, once, json!({ "through": last.0.to_string() }));
        }
    }
}

/// What is due of wallets: money that becomes drawable, holds that end, pay days.
fn of_wallets(stipend: &mut Stipend, today: Day, now_us: i64) -> Result<Vec<NewJob>, Error> {
    let job = |kind: &'static str, once: String| NewJob {
        kind,
        subject: "wallets".to_owned(),
        once,
        payload: "{}".to_owned(),
        due_us: now_us,
    };
    let mut jobs = vec![
        job("backlog", format!("backlog/{today}")),
        job("liabilities", format!("liabilities/{today}")),
        job("dormancy", format!("dormancy/{today}")),
        job("silence", format!("silence/{today}")),
    ];
    if let Some(reserve) = stipend.db.reserves_due(now_us, 1)?.first() {
        jobs.push(job("reserves", format!("reserves/{}", reserve.seq)));
    }
    if let Some(hold) = holds::due(&mut stipend.db, now_us)? {
        jobs.push(job("holds", format!("holds/{hold}/{today}")));
    }
    if let Some(claim) = copyright::due(&mut stipend.db, now_us)? {
        jobs.push(job("claims", format!("claims/{claim}/{today}")));
    }
    jobs.extend(draw::jobs(&mut stipend.db, now_us)?);
    jobs.extend(rails::jobs(&mut stipend.db, now_us)?);
    Ok(jobs)
}

/// What workers reach outside of the process.
#[derive(Clone)]
pub struct Outside {
    /// Where webhooks may go.
    pub guard: Guard,
    /// The mail server, if there is one.
    pub mailer: Option<Arc<Mailer>>,
    /// Providers that carry payouts.
    pub rails: Rails,
    /// Where the platform is asked.
    pub asked: Asked,
}

/// Somebody who does jobs.
pub struct Worker {
    name: String,
    stipend: Stipend,
    clock: Clock,
    lane: Lane,
    sender: Sender,
    mailer: Option<Arc<Mailer>>,
    rails: Rails,
    asked: Asked,
    scheduled_us: i64,
}

impl Worker {
    /// A worker with a connection of its own.
    ///
    /// # Errors
    /// When the machine gives no randomness.
    pub fn new(
        mut stipend: Stipend,
        clock: Clock,
        lane: Lane,
        outside: &Outside,
    ) -> Result<Worker, Error> {
        let random = crate::keys::random_hex(4).map_err(Error::file("/dev/urandom"))?;
        let name = format!("{}-{random}", std::process::id());
        stipend.actor = format!("worker:{name}");
        let (sender, mailer) = (Sender::new(outside.guard), outside.mailer.clone());
        let (rails, asked) = (outside.rails.clone(), outside.asked.clone());
        let scheduled_us = i64::MIN;
        Ok(Worker { name, stipend, clock, lane, sender, mailer, rails, asked, scheduled_us })
    }

    /// Does what is due until `stop` is set; looks again every `pause`.
    pub fn run(&mut self, stop: &AtomicBool, pause: Duration) {
        while !stop.load(Ordering::Relaxed) {
            match self.turn() {
                Ok(true) => {}
                Ok(false) => std::thread::park_timeout(pause),
                Err(error) => {
                    tracing::error!(error = %error, "a worker could not look for jobs");
                    std::thread::sleep(pause);
                    if !self.stipend.db.answers()
                        && let Ok(stipend) = self.stipend.again()
                    {
                        self.stipend = stipend;
                    }
                }
            }
        }
    }

    /// Adds what is due by the clock, and does one job; `false` when there was none.
    ///
    /// # Errors
    /// When the database fails. What a job says is noted with the job.
    pub fn turn(&mut self) -> Result<bool, Error> {
        let now_us = self.clock.now_us();
        if self.lane == Lane::Main && self.scheduled_us.saturating_add(SCHEDULE_EVERY_US) <= now_us
        {
            self.scheduled_us = now_us;
            schedule(&mut self.stipend, now_us)?;
        }
        // Most looks find nothing: they must not take the write lock.
        if self.stipend.db.due_job(self.lane, now_us)?.is_none() {
            return Ok(false);
        }
        let (name, lane) = (self.name.clone(), self.lane);
        let claimed =
            self.stipend.db.write(|db| db.claim_job(lane, &name, now_us + LEASE_US, now_us))?;
        let Some(job) = claimed else { return Ok(false) };
        failpoint::reach("job:claimed");
        let lease = self.keep(&job)?;
        let worked = std::panic::catch_unwind(AssertUnwindSafe(|| self.work(&job)));
        drop(lease);
        let done = worked.unwrap_or_else(|_| {
            // Its transaction may still be open.
            self.stipend = self.stipend.again()?;
            Err(Error::Refused("it panicked: the process's log says where".to_owned()))
        });
        let now_us = self.clock.now_us();
        let (state, due_us, result) = match done {
            Ok(Attempt::Done(result)) => (JobState::Done, job.due_us, result.to_string()),
            Ok(Attempt::Again(result, due_us)) => (JobState::Waiting, due_us, result.to_string()),
            Ok(Attempt::Over(result)) => (JobState::Dead, job.due_us, result.to_string()),
            Err(error) => {
                tracing::warn!(job = job.seq, kind = job.kind, error = %error, "a job failed");
                let problem = crate::problem::Problem::from(&error);
                let result = json!({ "code": problem.code, "message": error.to_string() });
                // What the caller did wrong does not get better by itself.
                let hopeless = !problem.passes() || job.attempts >= ATTEMPTS_MAX;
                let pause = (SECOND_US << job.attempts.clamp(0, 20)).min(PAUSE_MAX_US);
                let state = if hopeless { JobState::Dead } else { JobState::Waiting };
                (state, now_us + pause, result.to_string())
            }
        };
        self.stipend.db.write(|db| {
            let ended = db.finish_job((job.seq, &name), state, due_us, &result, now_us)?;
            if ended && state == JobState::Dead && self.lane == Lane::Main {
                let data = json!({ "job": job.seq, "kind": job.kind, "subject": job.subject });
                outbox::emit(db, "job.dead", &job.subject, &data, now_us)?;
                messages::send(db, "role:admin", "job-dead", &data, now_us)?;
            }
            Ok::<_, Error>(())
        })?;
        Ok(true)
    }

    /// Extends the lease while the job is worked on, on a connection of its own.
    fn keep(&self, job: &JobRow) -> Result<Lease, Error> {
        let mut stipend = self.stipend.again()?;
        let (seq, name, clock) = (job.seq, self.name.clone(), self.clock);
        let over = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&over);
        let thread = std::thread::Builder::new().name("lease".to_owned()).spawn(move || {
            loop {
                std::thread::park_timeout(HEARTBEAT);
                if ended.load(Ordering::Relaxed) {
                    return;
                }
                let until = clock.now_us() + LEASE_US;
                let kept = stipend.db.write(|db| db.extend_job(seq, &name, until));
                if !matches!(kept, Ok(true)) {
                    tracing::warn!(job = seq, "the lease of a job could not be extended");
                }
            }
        });
        Ok(Lease { over, thread: Some(thread.map_err(Error::file("a thread"))?) })
    }

    fn work(&mut self, job: &JobRow) -> Result<Attempt, Error> {
        let now_us = self.clock.now_us();
        let name = format!("job {}", job.kind);
        let span = tracing::info_span!("job", otel.name = name, job = job.seq, job.kind = job.kind);
        let _inside = span.enter();
        match job.kind.as_str() {
            "deliver" => outbox::deliver(&mut self.stipend, &self.sender, job, now_us),
            "mail" => messages::mail(&mut self.stipend, self.mailer.as_deref(), job, now_us),
            "ask" => questions::ask(&mut self.stipend, (&self.sender, &self.asked), job, now_us),
            "hand-over" => {
                let payload: Value = serde_json::from_str(&job.payload).unwrap_or_default();
                let batch = payload["batch"].as_i64().unwrap_or(0);
                rails::hand_over(&mut self.stipend, &self.rails, batch, now_us)
            }
            _ => self.core(job).map(Attempt::Done),
        }
    }

    fn core(&mut self, job: &JobRow) -> Result<Value, Error> {
        let now_us = self.clock.now_us();
        let payload: Value = serde_json::from_str(&job.payload).unwrap_or_default();
        match job.kind.as_str() {
            "seal" => {
                let sealed = intake::seal(&mut self.stipend, now_us)?;
                Ok(json!({ "events": sealed.events, "segments": sealed.segments }))
            }
            "settle" => {
                let through = match payload["through"].as_str().map(str::parse) {
                    Some(Ok(day)) => Through::Day(day),
                    _ => Through::Latest,
                };
                let program = Some(job.subject.as_str());
                let done =
                    settle::settle(&mut self.stipend, program, through, now_us, &mut |_, _, _| {})?;
                self.shadows(&done, now_us)?;
                Ok(settled(&done))
            }
            "clean" => {
                let before_us = now_us - KEPT_US;
                let forgotten = self.stipend.db.write(|db| {
                    for kind in FORGETTABLE {
                        db.forget_answers(kind, before_us)?;
                    }
                    let oldest = Zone::utc().day_of(now_us).plus(-ESTIMATES_KEPT_DAYS);
                    db.forget_estimates(oldest)?;
                    db.forget_messages(now_us - MESSAGES_KEPT_US)?;
                    db.forget_sessions(now_us, now_us - 3_600 * SECOND_US)?;
                    db.forget_jobs(before_us)
                })?;
                Ok(json!({ "jobs": forgotten }))
            }
            "publish" => publish::run(&mut self.stipend, &job.subject, &payload, now_us),
            "alarm" => self.alarm(&payload, now_us),
            "check" => check(&mut self.stipend, now_us),
            "evaluate" => {
                let named = payload["creators"].as_array();
                let only: Option<Vec<String>> = named.map(|named| {
                    named.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect()
                });
                evaluate::members(&mut self.stipend, &job.subject, only.as_deref(), now_us)
            }
            "reviews" => {
                let (moved, overdue) = reviews::watch(&mut self.stipend, now_us)?;
                Ok(json!({ "moved": moved, "overdue": overdue }))
            }
            "shadow" => drafts::run(&mut self.stipend, &job.subject, &payload, now_us),
            "backtest" => {
                let day = |name: &str| payload[name].as_str().and_then(|day| day.parse().ok());
                let (Some(from), Some(to), Some(text)) =
                    (day("from"), day("to"), payload["policy"].as_str())
                else {
                    return Err(Error::Refused("the job does not say what to test".to_owned()));
                };
                Ok(settle::backtest(&mut self.stipend, text, (from, to), now_us)?.to_json())
            }
            "release" => release::run(&mut self.stipend, &job.subject, &payload, now_us),
            "backlog" => release::backlog(&mut self.stipend, now_us),
            "reserves" => release::reserves(&mut self.stipend, now_us),
            "copyright" => copyright::run(&mut self.stipend, &payload, now_us),
            "claims" => copyright::watch(&mut self.stipend, now_us),
            "holds" => holds::watch(&mut self.stipend, now_us),
            "payday" => {
                let day = job.subject.parse().map_err(|_| {
                    Error::Refused("the job does not say which day it is".to_owned())
                })?;
                draw::payday(&mut self.stipend, day, now_us)
            }
            "backpay" => backpay::run(&mut self.stipend, &payload, now_us),
            "appeals" => appeals::watch(&mut self.stipend, now_us),
            "estimate" => trends::estimate(&mut self.stipend, &job.subject, now_us),
            "indicators" => indicators::backlog(&mut self.stipend, now_us),
            "dormancy" => dormancy::watch(&mut self.stipend, now_us),
            "silence" => silence::watch(&mut self.stipend, now_us),
            "liabilities" => liabilities::tell(&mut self.stipend, now_us),
            "look" => rails::look(&mut self.stipend, &self.rails, &payload, now_us),
            "recall" => rails::recall(&mut self.stipend, &self.rails, &payload, now_us),
            "succession" => evaluate::succession(&mut self.stipend, &job.subject, now_us),
            other => Err(Error::Refused(format!("no worker knows jobs of the kind `{other}`"))),
        }
    }
}

impl Worker {
    /// Days that were posted are computed by the draft that runs beside, if there is one.
    fn shadows(&mut self, done: &settle::Report, now_us: i64) -> Result<(), Error> {
        if done.posted.is_empty() {
            return Ok(());
        }
        self.stipend.db.write(|db| {
            for job in drafts::jobs(db, &done.program, &done.posted, now_us)? {
                db.add_job(&job, now_us)?;
            }
            Ok::<_, Error>(())
        })
    }

    /// "Nothing happened" is told, unless it happened meanwhile.
    fn alarm(&mut self, facts: &Value, now_us: i64) -> Result<Value, Error> {
        let still = overdue(&mut self.stipend, now_us)?.iter().any(|late| {
            facts["program"] == late.program.as_str() && facts["day"] == late.day.to_string()
        });
        if still {
            let subject = format!("{}/{}", facts["program"], facts["day"]).replace('"', "");
            self.stipend.db.write(|db| {
                outbox::emit(db, "day.overdue", &subject, facts, now_us)?;
                for role in ["role:admin", "role:finance-maker"] {
                    messages::send(db, role, "day-overdue", facts, now_us)?;
                }
                Ok::<_, Error>(())
            })?;
        }
        Ok(json!({ "told": still }))
    }
}

/// When the ledger and the audit log were last checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    /// When.
    pub at_us: i64,
    /// What did not hold.
    pub problems: usize,
}

const CHECKED: &str = "ledger_checked";

/// The last check of the ledger and the audit log.
///
/// # Errors
/// When the database cannot be read.
pub fn last_check(db: &mut store::Db) -> Result<Option<Checked>, Error> {
    let text = db.setting(CHECKED)?;
    let parsed = text.as_deref().and_then(|text| {
        let (at, problems) = text.split_once(' ')?;
        Some(Checked { at_us: at.parse().ok()?, problems: problems.parse().ok()? })
    });
    Ok(parsed)
}

/// Folds the ledger and the audit log again, and tells people when something does not hold.
///
/// # Errors
/// When the database cannot be read.
pub fn check(stipend: &mut Stipend, now_us: i64) -> Result<Value, Error> {
    let ledger = crate::ledger::check(stipend)?.problems;
    let told = |problem: &ledger::Problem| format!("{}: {}", problem.invariant, problem.message);
    let mut problems: Vec<String> = ledger.iter().map(told).collect();
    problems.extend(crate::audit::check(stipend)?.problems);
    let count = problems.len();
    let first = problems.first().cloned().unwrap_or_default();
    stipend.db.write(|db| {
        db.set_setting(CHECKED, &format!("{now_us} {count}"))?;
        if count > 0 {
            let facts = json!({ "problems": count, "first": first });
            outbox::emit(db, "ledger.wrong", "ledger", &facts, now_us)?;
            messages::send(db, "role:admin", "ledger-wrong", &facts, now_us)?;
        }
        Ok::<_, Error>(())
    })?;
    Ok(json!({ "problems": count, "first": first }))
}

/// What a settlement did, as a job's result.
#[must_use]
pub fn settled(report: &settle::Report) -> Value {
    let posted = |run: &settle::Posted| {
        json!({
            "day": run.day.to_string(),
            "number": run.number,
            "accepted": run.accepted,
            "qualified": run.qualified,
            "lines": run.lines,
            "paid": run.paid,
            "lines_digest": run.lines_digest,
            "publish": instant(run.publish_us),
        })
    };
    let days = |days: &[Day]| days.iter().map(Day::to_string).collect::<Vec<_>>();
    json!({
        "program": report.program,
        "posted": report.posted.iter().map(posted).collect::<Vec<_>>(),
        "confirmed": days(&report.confirmed),
        "closed": days(&report.closed),
    })
}

/// A lease that is kept by a thread.
struct Lease {
    over: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // It only waits and writes; if it panicked, the lease ends by itself.
            thread.join().ok();
        }
    }
}
