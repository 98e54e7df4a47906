//! The dispatcher: every change that is asked for over the network is a [`Command`] in an
//! [`Envelope`], and goes through one thread with one connection, many in one durable commit.
//!
//! A command with an idempotency key is answered once and the answer kept: the same key and request
//! give the same bytes again, another request under the key is a conflict. What was refused is kept
//! too; what failed for a reason that passes is not, and may be sent again.
use std::panic::AssertUnwindSafe;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use kernel::Clock;
use store::{AnswerRow, Db, StoreError};

use crate::audit;
use crate::command::{Command, Context};
use crate::error::Error;
use crate::problem::Problem;
use crate::proposals;
use crate::workspace::Stipend;

/// Commands that wait for the thread; one more is turned away.
const QUEUE: usize = 4_096;
/// Commands in one commit, and bytes of events in it.
const GROUP: usize = 512;
const GROUP_BYTES: usize = 32 << 20;
/// Groups that run in parts after a command was refused.
const CAREFUL_GROUPS: u32 = 16;
/// How often a commit is tried when the database is busy or was lost.
const TRIES: u32 = 6;

/// A command with who asks for it, and why.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// Who: `key:…`, `operator:…`.
    pub actor: String,
    /// The caller's idempotency key.
    pub key: Option<String>,
    /// SHA-256 of the request: method, path and body.
    pub request: [u8; 32],
    /// Why, in the caller's words.
    pub reason: String,
    /// What to do.
    pub command: Command,
}

/// What a command answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// JSON.
    pub body: String,
    /// What is kept for a repetition instead of the body: a secret is shown once.
    pub kept: Option<String>,
    /// Whether this is the first answer, given again.
    pub repeated: bool,
}

impl Answer {
    /// An answer of a status.
    #[must_use]
    pub fn new(status: u16, body: &serde_json::Value) -> Answer {
        Answer { status, body: body.to_string(), kept: None, repeated: false }
    }
}

struct Ticket {
    envelope: Envelope,
    reply: SyncSender<Result<Answer, Problem>>,
}

/// A running dispatcher. Dropping it lets it finish what waits, then ends its thread.
pub struct Dispatcher {
    sender: Option<SyncSender<Ticket>>,
    thread: Option<JoinHandle<()>>,
}

impl Dispatcher {
    /// Starts the thread on a connection of its own.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(stipend: Stipend, clock: Clock) -> Result<Dispatcher, Error> {
        let (sender, receiver) = sync_channel(QUEUE);
        let mut desk = Desk { stipend, clock, careful: 0 };
        let thread = std::thread::Builder::new().name("dispatcher".to_owned());
        let thread =
            thread.spawn(move || desk.serve(&receiver)).map_err(Error::file("a thread"))?;
        Ok(Dispatcher { sender: Some(sender), thread: Some(thread) })
    }

    /// Has a command done and waits until it is durable. The work goes on also if the caller stops
    /// waiting.
    ///
    /// # Errors
    /// What the caller is told instead of an answer.
    pub fn send(&self, envelope: Envelope) -> Result<Answer, Problem> {
        let name = format!("command {}", envelope.command.word());
        let span = tracing::info_span!("command", otel.name = name);
        let _inside = span.enter();
        let (reply, answer) = sync_channel(1);
        let Some(sender) = &self.sender else {
            return Err(Problem::new("unavailable", "the server is stopping"));
        };
        match sender.try_send(Ticket { envelope, reply }) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => return Err(Problem::from(&Error::Overloaded)),
            Err(TrySendError::Disconnected(_)) => {
                return Err(Problem::new("unavailable", "the server is stopping"));
            }
        }
        let lost = |_| Problem::new("outcome_unknown", "send it again with the same key");
        answer.recv().map_err(lost)?
    }
}

impl Drop for Dispatcher {
    fn drop(&mut self) {
        drop(self.sender.take());
        if let Some(thread) = self.thread.take() {
            // A panic there was told to those who waited; there is nobody else to tell.
            thread.join().ok();
        }
    }
}

struct Desk {
    stipend: Stipend,
    clock: Clock,
    /// Groups that are still run in parts, since a command was refused lately.
    careful: u32,
}

/// Why a group was taken back.
enum Stopped {
    Store(StoreError),
    /// A command that did not run in a part of its own was refused: its changes must go, and no
    /// other's.
    Refused,
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Stopped {
        Stopped::Store(error)
    }
}

impl Desk {
    fn serve(&mut self, receiver: &Receiver<Ticket>) {
        while let Ok(first) = receiver.recv() {
            let mut bytes = first.envelope.command.bytes();
            let mut group = vec![first];
            while group.len() < GROUP && bytes < GROUP_BYTES {
                let Ok(next) = receiver.try_recv() else { break };
                bytes += next.envelope.command.bytes();
                group.push(next);
            }
            let (envelopes, replies): (Vec<Envelope>, Vec<_>) =
                group.into_iter().map(|ticket| (ticket.envelope, ticket.reply)).unzip();
            let done = std::panic::catch_unwind(AssertUnwindSafe(|| self.commit(&envelopes)));
            let answers = done.unwrap_or_else(|_| {
                tracing::error!("a command panicked: what was written above says where");
                // Its transaction may still be open; a broken connection is found out later.
                if let Ok(stipend) = self.stipend.again() {
                    self.stipend = stipend;
                }
                let problem = Problem::new("internal", "the server's log says more");
                envelopes.iter().map(|_| Err(problem.clone())).collect()
            });
            for (reply, answer) in replies.into_iter().zip(answers) {
                // One who has left needs no answer; his command is done.
                reply.send(answer).ok();
            }
        }
    }

    /// All commands in one transaction. Most groups have no command that is refused: they run
    /// without parts, which cost a third of the work, and again with a part for each if one is.
    fn commit(&mut self, envelopes: &[Envelope]) -> Vec<Result<Answer, Problem>> {
        let mut last = None;
        let mut attempt = 0;
        while attempt < TRIES {
            if attempt > 0 {
                std::thread::sleep(Duration::from_millis(20 << attempt));
                if !self.stipend.db.answers()
                    && let Ok(stipend) = self.stipend.again()
                {
                    self.stipend = stipend;
                }
            }
            let now_us = self.clock.now_us();
            let context = Context::of(&self.stipend, now_us);
            let (mut ran, careful) = (false, self.careful > 0);
            let done = self.stipend.db.write(|db| {
                let answers: Result<Vec<_>, Stopped> =
                    envelopes.iter().map(|envelope| one(db, envelope, &context, careful)).collect();
                ran = answers.is_ok();
                answers
            });
            let error = match done {
                Ok(answers) => {
                    self.careful = self.careful.saturating_sub(1);
                    return answers;
                }
                Err(Stopped::Refused) => {
                    self.careful = CAREFUL_GROUPS;
                    continue;
                }
                Err(Stopped::Store(error)) => error,
            };
            attempt += 1;
            match error {
                // The commit itself failed: it may have been done or not.
                error if ran => {
                    let problem = Problem::new("outcome_unknown", "send it again with its key");
                    last = Some((problem, error));
                    break;
                }
                error if error.passes() => last = Some((Problem::from(&Error::Overloaded), error)),
                error => {
                    last = Some((Problem::new("internal", "the server's log says more"), error));
                    break;
                }
            }
        }
        let problem = last.map_or_else(
            || Problem::from(&Error::Overloaded),
            |(problem, error)| {
                tracing::error!(error = %error, "a group of commands failed");
                problem
            },
        );
        envelopes.iter().map(|_| Err(problem.clone())).collect()
    }
}

/// Runs one command in the group's transaction, in a part of its own if `careful`. An error here
/// ends the whole group; what the command refuses is an answer.
fn one(
    db: &mut Db,
    envelope: &Envelope,
    context: &Context,
    careful: bool,
) -> Result<Result<Answer, Problem>, Stopped> {
    let actor = envelope.actor.as_str();
    if let Some(key) = &envelope.key
        && let Some(first) = db.answer(actor, key)?
    {
        if first.request != kept(envelope, context) {
            let text = "this key came with another request before: use a new key for a new request";
            return Ok(Err(Problem::new("key_reused", text)));
        }
        let status = u16::try_from(first.status).unwrap_or(500);
        return Ok(Ok(Answer { status, body: first.body, kept: None, repeated: true }));
    }
    let work = |db: &mut Db| {
        let (answer, outcome) = if proposals::needs(db, &envelope.command)? {
            (proposals::propose(db, envelope, context)?, "proposed")
        } else {
            let answer = envelope.command.run(db, actor, context)?;
            let outcome = envelope.command.outcome(&answer);
            (answer, outcome)
        };
        close(db, envelope, context, &answer, outcome)?;
        Ok(answer)
    };
    let done = if careful { db.part(work) } else { work(db) };
    let error = match done {
        Ok(answer) => return Ok(Ok(answer)),
        Err(Error::Store(error)) if error.passes() => return Err(error.into()),
        Err(_) if !careful => return Err(Stopped::Refused),
        Err(error) => error,
    };
    let problem = Problem::from(&error);
    if problem.passes() {
        tracing::error!(error = %error, command = envelope.command.word(), "a command failed");
        return Ok(Err(problem));
    }
    let answer =
        Answer { status: problem.status, body: problem.body(), kept: None, repeated: false };
    db.part(|db| close(db, envelope, context, &answer, problem.code))?;
    Ok(Ok(answer))
}

/// Does one command at once, by whoever is at the machine: the command line. What needs four eyes
/// is proposed here too.
///
/// # Errors
/// [`Problem`].
pub fn at_the_machine(
    stipend: &mut Stipend,
    command: Command,
    reason: &str,
    now_us: i64,
) -> Result<Answer, Problem> {
    let context = Context::of(stipend, now_us);
    let request = lake::files::sha256(format!("{command:?}").as_bytes());
    let (actor, reason) = (stipend.actor.clone(), reason.to_owned());
    let envelope = Envelope { actor, key: None, request, reason, command };
    let done = stipend.db.write(|db| match one(db, &envelope, &context, true) {
        Ok(answer) => Ok(answer),
        Err(Stopped::Store(error)) => Err(error),
        Err(Stopped::Refused) => Ok(Err(Problem::new("internal", "the command ended early"))),
    });
    let answer = done.map_err(Problem::from)??;
    crate::failpoint::reach("command:after-commit");
    if answer.status < 400 {
        return Ok(answer);
    }
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let code = body["code"].as_str().unwrap_or("internal");
    let known = crate::problem::CODES.iter().find(|(known, ..)| *known == code);
    let code = known.map_or("internal", |(known, ..)| *known);
    Err(Problem::new(code, body["detail"].as_str().unwrap_or_default()))
}

/// The digest of a request as it is kept. Of one with details of a person it is keyed by the
/// folder's key: there are so few account numbers that a plain digest of one can be guessed.
fn kept(envelope: &Envelope, context: &Context) -> Vec<u8> {
    if !envelope.command.has_details() {
        return envelope.request.to_vec();
    }
    // Without the key nothing is done with details: such a refusal is the same whatever was in it.
    context.vault.of_request(&envelope.request).unwrap_or_default()
}

/// Keeps the answer under its key and notes the command.
fn close(
    db: &mut Db,
    envelope: &Envelope,
    context: &Context,
    answer: &Answer,
    outcome: &str,
) -> Result<(), StoreError> {
    let command = &envelope.command;
    if let Some(key) = &envelope.key {
        let row = AnswerRow {
            request: kept(envelope, context),
            status: i64::from(answer.status),
            body: answer.kept.as_ref().unwrap_or(&answer.body).clone(),
        };
        db.add_answer((&envelope.actor, key, command.word()), &row, context.now_us)?;
    }
    // Events are noted when they are sealed, by who sent how many: a fact is not a decision.
    if matches!(command, Command::TakeEvents { .. }) {
        return Ok(());
    }
    let entry = audit::Entry {
        actor: &envelope.actor,
        command: command.word(),
        subject: &command.subject(),
        reason: &envelope.reason,
        outcome,
        request: &kept(envelope, context),
    };
    audit::note(db, &entry, context.now_us)
}
