//! Four eyes: a command that needs them is not done but proposed, with what it would answer.
//! Another person approves exactly what was shown, or nothing: the proposal is bound to its digest,
//! and is void when it is edited, withdrawn, or when doing it now would come to something else.
use kernel::day::instant;
use serde_json::{Value, json};
use store::{Db, ProposalRow, StoreError};

use crate::access::{Action, Grant, Principal, Role};
use crate::command::{Command, Context};
use crate::dispatch::{Answer, Envelope};
use crate::error::Error;
use crate::{audit, messages, outbox};

const SETTING: &str = "four_eyes";

/// A command that can be made to need four eyes.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Its word.
    pub word: &'static str,
    /// What who proposes it may do.
    action: Action,
    /// Who decides of it.
    deciders: &'static [Role],
}

/// All of them.
pub const COMMANDS: [Kind; 14] = [
    Kind {
        word: "program.publish",
        action: Action::ProgramsWrite,
        deciders: &[Role::Admin, Role::ProgramManager, Role::FinanceApprover],
    },
    Kind { word: "operator.add", action: Action::OperatorsWrite, deciders: &[Role::Admin] },
    Kind { word: "operator.change", action: Action::OperatorsWrite, deciders: &[Role::Admin] },
    Kind { word: "token-key.add", action: Action::KeysWrite, deciders: &[Role::Admin] },
    Kind {
        word: OVERRIDE,
        action: Action::MembersWrite,
        deciders: &[Role::Admin, Role::ProgramManager],
    },
    Kind {
        word: "terms.publish",
        action: Action::TermsWrite,
        deciders: &[Role::Admin, Role::FinanceApprover],
    },
    Kind {
        word: crate::payouts::APPROVE,
        action: Action::PayoutsWrite,
        deciders: &[Role::Admin, Role::FinanceApprover],
    },
    Kind {
        word: crate::payouts::CONCLUDE,
        action: Action::PayoutsWrite,
        deciders: &[Role::Admin, Role::FinanceApprover],
    },
    Kind {
        word: "wallet.adjust",
        action: Action::PayoutsWrite,
        deciders: &[Role::Admin, Role::FinanceApprover],
    },
    Kind {
        word: crate::appeals::FUND,
        action: Action::PayoutsWrite,
        deciders: &[Role::Admin, Role::FinanceApprover],
    },
    Kind {
        word: crate::remedies::REMEDY,
        action: Action::AppealsDecide,
        deciders: &[Role::Admin, Role::ProgramManager, Role::FinanceApprover],
    },
    Kind {
        word: crate::copyright::DECIDE,
        action: Action::AppealsDecide,
        deciders: &[Role::Admin, Role::FinanceApprover],
    },
    Kind {
        word: "cash.move",
        action: Action::PayoutsWrite,
        deciders: &[Role::Admin, Role::FinanceApprover],
    },
    Kind {
        word: "four-eyes.set",
        action: Action::OperatorsWrite,
        deciders: &[Role::Admin, Role::FinanceApprover],
    },
];

/// These need four eyes as soon as anything does: else one person makes himself the second.
const ALWAYS: [&str; 3] = ["four-eyes.set", "operator.add", "operator.change"];

/// A member against the rules is two people's decision, whatever else is (R54); so are payout
/// runs, ends of payouts and credits by hand (N17), and what makes a whole rule good.
const OVERRIDE: &str = "member.override";
const TWO_PEOPLES: [&str; 5] = [
    OVERRIDE,
    crate::payouts::APPROVE,
    crate::payouts::CONCLUDE,
    "wallet.adjust",
    crate::remedies::REMEDY,
];

fn kind(word: &str) -> Option<&'static Kind> {
    COMMANDS.iter().find(|kind| kind.word == word)
}

/// Words of commands that need four eyes here.
///
/// # Errors
/// [`StoreError`].
pub fn needing(db: &mut Db) -> Result<Vec<String>, StoreError> {
    let text = db.setting(SETTING)?.unwrap_or_default();
    Ok(text.split_whitespace().map(str::to_owned).collect())
}

/// Says which commands need four eyes.
pub(crate) fn set(db: &mut Db, words: &[String]) -> Result<Value, Error> {
    let unknown = words.iter().find(|word| kind(word).is_none());
    if let Some(word) = unknown {
        let known: Vec<&str> = COMMANDS.iter().map(|kind| kind.word).collect();
        let known = known.join(", ");
        return Err(Error::Refused(format!("`{word}` is none of the commands: {known}")));
    }
    let wanted = |kind: &&Kind| {
        let named = words.iter().any(|word| word == kind.word);
        named || (!words.is_empty() && ALWAYS.contains(&kind.word))
    };
    let words: Vec<&str> = COMMANDS.iter().filter(wanted).map(|kind| kind.word).collect();
    db.set_setting(SETTING, &words.join(" "))?;
    Ok(json!({ "commands": words }))
}

/// Whether a command needs four eyes.
pub(crate) fn needs(db: &mut Db, command: &Command) -> Result<bool, StoreError> {
    let word = command.word();
    if kind(word).is_none() {
        return Ok(false);
    }
    if TWO_PEOPLES.contains(&word) {
        return Ok(true);
    }
    Ok(needing(db)?.iter().any(|needing| needing == word))
}

/// Why a trial ended: with an answer, whose changes are taken back, or with an error.
enum Trial {
    Answered(Answer),
    Failed(Error),
}

impl From<StoreError> for Trial {
    fn from(error: StoreError) -> Trial {
        Trial::Failed(error.into())
    }
}

/// What a command would answer now; nothing of it stays.
fn attempt(
    db: &mut Db,
    command: &Command,
    actor: &str,
    context: &Context,
) -> Result<Answer, Error> {
    let tried = db.part(|db| match command.run(db, actor, context) {
        Ok(answer) => Err::<(), _>(Trial::Answered(answer)),
        Err(error) => Err(Trial::Failed(error)),
    });
    match tried {
        Err(Trial::Answered(answer)) => Ok(answer),
        Err(Trial::Failed(error)) => Err(error),
        Ok(()) => Err(Error::Refused("the trial did not end".to_owned())),
    }
}

/// SHA-256 of what is shown of a proposal.
fn digest(command: &str, subject: &str, document: &str, basis: &str) -> [u8; 32] {
    let mut text = String::new();
    for field in [command, subject, document, basis] {
        text.push_str(&format!("{}:{field}", field.len()));
    }
    lake::files::sha256(text.as_bytes())
}

/// The person behind an actor: for a key, who made it.
pub(crate) fn person(db: &mut Db, actor: &str) -> Result<String, StoreError> {
    let mut actor = actor.to_owned();
    // A key was made before what it made: this ends.
    while let Some(id) = actor.strip_prefix("key:") {
        let Some(key) = db.key(id)? else { break };
        actor = key.made_by;
    }
    Ok(actor)
}

/// Proposes a command instead of doing it.
pub(crate) fn propose(
    db: &mut Db,
    envelope: &Envelope,
    context: &Context,
) -> Result<Answer, Error> {
    let one = make(db, &envelope.command, &envelope.actor, &envelope.reason, context)?;
    Ok(Answer::new(202, &to_json(&one)))
}

fn make(
    db: &mut Db,
    command: &Command,
    actor: &str,
    reason: &str,
    context: &Context,
) -> Result<ProposalRow, Error> {
    let document = command
        .document()
        .ok_or_else(|| Error::Refused(format!("{} cannot be proposed", command.word())))?;
    let answer = attempt(db, command, actor, context)?;
    let (word, subject) = (command.word().to_owned(), command.subject());
    let (document, basis) = (document.to_string(), answer.body);
    let mut one = ProposalRow {
        seq: 0,
        digest: digest(&word, &subject, &document, &basis).to_vec(),
        command: word,
        subject,
        document,
        basis,
        maker: actor.to_owned(),
        person: person(db, actor)?,
        reason: reason.to_owned(),
        state: "open".to_owned(),
        decided_by: String::new(),
        decided_why: String::new(),
        created_us: context.now_us,
        decided_us: None,
    };
    one.seq = db.add_proposal(&one)?;
    let facts = json!({ "proposal": one.seq, "command": one.command, "subject": one.subject });
    outbox::emit(db, "proposal.made", &one.subject, &facts, context.now_us)?;
    for role in roles(&one.command) {
        let to = format!("role:{}", role.word());
        messages::send(db, &to, "proposal-made", &facts, context.now_us)?;
    }
    Ok(one)
}

fn roles(command: &str) -> &'static [Role] {
    kind(command).map_or(&[], |kind| kind.deciders)
}

fn get(db: &mut Db, seq: i64) -> Result<ProposalRow, Error> {
    db.proposal(seq)?.ok_or_else(|| Error::Missing(format!("there is no proposal {seq}")))
}

fn open(db: &mut Db, seq: i64) -> Result<ProposalRow, Error> {
    let one = get(db, seq)?;
    if one.state == "open" {
        return Ok(one);
    }
    let message = format!("proposal {seq} is {}", one.state);
    Err(Error::Conflict { code: "not_open", message })
}

/// Whether somebody may decide of a proposal: a person of the right role who is not behind it.
///
/// # Errors
/// [`Error::Conflict`] that says why not.
fn check_decider(one: &ProposalRow, by: &Principal) -> Result<(), Error> {
    let refuse =
        |message: &str| Err(Error::Conflict { code: "forbidden", message: message.to_owned() });
    if by.operator().is_none() {
        return refuse("a proposal is decided by an operator who signed in, not by a key");
    }
    if !by.roles.iter().any(|role| roles(&one.command).contains(role)) {
        return refuse("this role does not decide of that command");
    }
    if by.actor == one.maker || by.actor == one.person {
        let message = "who proposes does not decide: four eyes are two people's".to_owned();
        return Err(Error::Conflict { code: "own_proposal", message });
    }
    Ok(())
}

/// What is decided of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Do what was shown: the digest that the decider saw.
    Approve(Vec<u8>),
    /// Do not.
    Reject,
}

/// Decides of a proposal.
pub(crate) fn decide(
    db: &mut Db,
    seq: i64,
    decision: &Decision,
    by: &Principal,
    why: &str,
    context: &Context,
) -> Result<Answer, Error> {
    let one = open(db, seq)?;
    check_decider(&one, by)?;
    let now_us = context.now_us;
    let Decision::Approve(shown) = decision else {
        db.decide_proposal(seq, ("rejected", &by.actor, why), now_us)?;
        return decided(db, seq, None, now_us);
    };
    if *shown != one.digest {
        let message = "this is not what the proposal shows: read it again".to_owned();
        return Err(Error::Conflict { code: "not_as_shown", message });
    }
    let document: Value = serde_json::from_str(&one.document).unwrap_or_default();
    let command = Command::of_document(&one.command, &document)
        .ok_or_else(|| Error::Refused("the proposal cannot be read".to_owned()))?;
    // The world went on: what was shown is not what would be done.
    let stale = match attempt(db, &command, &one.maker, context) {
        Ok(answer) => answer.body != one.basis,
        Err(Error::Store(error)) => return Err(error.into()),
        Err(_) => true,
    };
    if stale {
        let why = "doing it now would come to something else than what was shown";
        db.decide_proposal(seq, ("void", "stipend", why), now_us)?;
        return decided(db, seq, None, now_us);
    }
    let answer = command.run(db, &one.maker, context)?;
    let entry = audit::Entry {
        actor: &one.maker,
        command: command.word(),
        subject: &one.subject,
        reason: &one.reason,
        outcome: "done",
        request: &one.digest,
    };
    audit::note(db, &entry, now_us)?;
    db.decide_proposal(seq, ("approved", &by.actor, why), now_us)?;
    let result: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    decided(db, seq, Some(&result), now_us)
}

fn decided(db: &mut Db, seq: i64, result: Option<&Value>, now_us: i64) -> Result<Answer, Error> {
    let one = get(db, seq)?;
    let facts = json!({ "proposal": seq, "command": one.command, "subject": one.subject,
                        "state": one.state, "why": one.decided_why });
    outbox::emit(db, "proposal.decided", &one.subject, &facts, now_us)?;
    if one.person.starts_with("operator:") {
        messages::send(db, &one.person, "proposal-decided", &facts, now_us)?;
    }
    let mut body = to_json(&one);
    body["result"] = result.cloned().unwrap_or(Value::Null);
    Ok(Answer::new(200, &body))
}

/// Takes a proposal back; in its place another one, if it was edited.
pub(crate) fn withdraw(
    db: &mut Db,
    seq: i64,
    edited: Option<&Value>,
    by: &Principal,
    why: &str,
    context: &Context,
) -> Result<Answer, Error> {
    let (one, actor) = (get(db, seq)?, by.actor.as_str());
    if one.maker != actor && one.person != actor {
        // Everybody may ask for this: another's looks like missing.
        return Err(Error::Missing(format!("there is no proposal {seq}")));
    }
    open(db, seq)?;
    let Some(document) = edited else {
        db.decide_proposal(seq, ("void", actor, why), context.now_us)?;
        return decided(db, seq, None, context.now_us);
    };
    if kind(&one.command).is_none_or(|kind| by.grant(kind.action) != Grant::All) {
        let message = "what the proposal does is not allowed to you any more".to_owned();
        return Err(Error::Conflict { code: "forbidden", message });
    }
    let wrong = || Error::Refused("the document does not have the form of the old one".to_owned());
    let old: Value = serde_json::from_str(&one.document).unwrap_or_default();
    let mut document = document.clone();
    // What the server gave is not the editor's to choose.
    for name in ["id", "made_by", "created_us"] {
        if let Some(given) = old.get(name) {
            document.as_object_mut().ok_or_else(wrong)?.insert(name.to_owned(), given.clone());
        }
    }
    let command = Command::of_document(&one.command, &document).ok_or_else(wrong)?;
    let new = make(db, &command, actor, why, context)?;
    let why = format!("edited: proposal {} is in its place", new.seq);
    db.decide_proposal(seq, ("void", actor, &why), context.now_us)?;
    Ok(Answer::new(202, &to_json(&new)))
}

/// A proposal as it is shown. The digest binds an approval to it.
#[must_use]
pub fn to_json(one: &ProposalRow) -> Value {
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or(Value::Null);
    json!({
        "id": one.seq,
        "command": one.command,
        "subject": one.subject,
        "document": parsed(&one.document),
        "would_answer": parsed(&one.basis),
        "digest": hex::encode(&one.digest),
        "maker": one.maker,
        "reason": one.reason,
        "state": one.state,
        "decided_by": one.decided_by,
        "decided_why": one.decided_why,
        "created": instant(one.created_us),
        "decided": one.decided_us.map(instant),
    })
}
