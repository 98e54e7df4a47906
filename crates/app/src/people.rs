//! Commands about operators, sessions, messages and proposals.
use serde_json::{Value, json};
use store::{Db, OperatorRow};

use crate::access::{Principal, Role};
use crate::command::Context;
use crate::dispatch::Answer;
use crate::error::Error;
use crate::operators::{self, Change};
use crate::proposals::{self, Decision};
use crate::sessions::{self, Begin};
use crate::{messages, totp};

/// A command about people.
#[derive(Clone)]
pub enum People {
    /// Begin a session.
    BeginSession(Begin),
    /// Note that somebody could not sign in as an operator.
    FailSignIn {
        /// Whom he tried to be, if there is such an operator.
        operator: Option<String>,
    },
    /// End a session.
    EndSession {
        /// SHA-256 of its secret.
        digest: Vec<u8>,
    },
    /// Add an operator.
    AddOperator(OperatorRow),
    /// Change an operator.
    ChangeOperator {
        /// Who.
        id: String,
        /// What.
        change: Change,
    },
    /// Give an operator another password, and show it once if nobody chose it.
    SetPassword {
        /// Who.
        id: String,
        /// Its hash.
        hash: String,
        /// The session that goes on.
        keep: Option<Vec<u8>>,
        /// The password, to be shown once.
        shown: Option<String>,
    },
    /// Make a second factor, to be confirmed.
    BeginSecondFactor {
        /// Whose.
        id: String,
        /// Its secret.
        secret: Vec<u8>,
    },
    /// Confirm a second factor by a code of it.
    ConfirmSecondFactor {
        /// Whose.
        id: String,
        /// The code.
        code: String,
        /// The session that has two factors from now on.
        session: Vec<u8>,
    },
    /// Take an operator's second factor away, because he lost it.
    ResetSecondFactor {
        /// Whose.
        id: String,
    },
    /// Note that a message was read.
    ReadMessage {
        /// Its number.
        seq: i64,
        /// Whose messages the caller reads.
        inboxes: Vec<String>,
    },
    /// Say which commands need four eyes.
    SetFourEyes {
        /// Their words.
        words: Vec<String>,
    },
    /// Decide of a proposal.
    Decide {
        /// Its number.
        seq: i64,
        /// What.
        decision: Decision,
        /// Who.
        by: Principal,
        /// Why.
        why: String,
    },
    /// Take a proposal back, or put another in its place.
    Withdraw {
        /// Its number.
        seq: i64,
        /// Who.
        by: Principal,
        /// The document of the other.
        edited: Option<Value>,
        /// Why.
        why: String,
    },
}

impl People {
    pub(crate) fn word(&self) -> &'static str {
        match self {
            People::BeginSession(_) => "session.begin",
            People::FailSignIn { .. } => "session.fail",
            People::EndSession { .. } => "session.end",
            People::AddOperator(_) => "operator.add",
            People::ChangeOperator { .. } => "operator.change",
            People::SetPassword { .. } => "operator.password",
            People::BeginSecondFactor { .. } => "second-factor.begin",
            People::ConfirmSecondFactor { .. } => "second-factor.confirm",
            People::ResetSecondFactor { .. } => "second-factor.reset",
            People::ReadMessage { .. } => "message.read",
            People::SetFourEyes { .. } => "four-eyes.set",
            People::Decide { .. } => "proposal.decide",
            People::Withdraw { edited: None, .. } => "proposal.withdraw",
            People::Withdraw { .. } => "proposal.edit",
        }
    }

    pub(crate) fn subject(&self) -> String {
        match self {
            People::BeginSession(begin) => begin.operator.clone(),
            People::FailSignIn { operator } => {
                operator.clone().unwrap_or_else(|| "nobody".to_owned())
            }
            People::EndSession { .. } => "a session".to_owned(),
            People::AddOperator(one) => one.id.clone(),
            People::ChangeOperator { id, .. }
            | People::SetPassword { id, .. }
            | People::BeginSecondFactor { id, .. }
            | People::ConfirmSecondFactor { id, .. }
            | People::ResetSecondFactor { id } => id.clone(),
            People::ReadMessage { seq, .. } => format!("message {seq}"),
            People::SetFourEyes { .. } => "four eyes".to_owned(),
            People::Decide { seq, .. } | People::Withdraw { seq, .. } => format!("proposal {seq}"),
        }
    }

    pub(crate) fn document(&self) -> Option<Value> {
        match self {
            People::AddOperator(one) => Some(json!({
                "id": one.id, "email": one.email, "name": one.name, "roles": one.roles,
                "language": one.language, "made_by": one.made_by, "created_us": one.created_us,
            })),
            People::ChangeOperator { id, change } => {
                let roles = change.roles.as_ref();
                let roles: Option<Vec<&str>> =
                    roles.map(|roles| roles.iter().map(|role| role.word()).collect());
                let mut document = json!({ "id": id, "name": change.name, "roles": roles,
                                           "language": change.language });
                if let Some(disabled_us) = change.disabled_us {
                    document["disabled_us"] = json!(disabled_us);
                }
                Some(document)
            }
            People::SetFourEyes { words } => Some(json!({ "commands": words })),
            _ => None,
        }
    }

    pub(crate) fn of_document(word: &str, document: &Value) -> Option<People> {
        let text = |name: &str| document[name].as_str().map(str::to_owned);
        let texts = |name: &str| -> Option<Vec<String>> {
            document[name].as_array()?.iter().map(|one| Some(one.as_str()?.to_owned())).collect()
        };
        match word {
            "operator.add" => {
                let roles: Option<Vec<Role>> =
                    texts("roles")?.iter().map(|role| Role::from_word(role)).collect();
                let new = operators::NewOperator {
                    email: text("email")?,
                    name: text("name")?,
                    roles: roles?,
                    language: text("language")?,
                };
                let created_us = document["created_us"].as_i64()?;
                let made = operators::make(&new, &text("made_by")?, created_us).ok()?;
                Some(People::AddOperator(OperatorRow { id: text("id")?, ..made }))
            }
            "operator.change" => {
                let roles: Option<Vec<Role>> = match texts("roles") {
                    Some(words) => {
                        Some(words.iter().map(|w| Role::from_word(w)).collect::<Option<_>>()?)
                    }
                    None => None,
                };
                let disabled_us = document.get("disabled_us").map(Value::as_i64);
                let change =
                    Change { name: text("name"), roles, language: text("language"), disabled_us };
                Some(People::ChangeOperator { id: text("id")?, change })
            }
            "four-eyes.set" => Some(People::SetFourEyes { words: texts("commands")? }),
            _ => None,
        }
    }

    pub(crate) fn run(&self, db: &mut Db, context: &Context) -> Result<Answer, Error> {
        let now_us = context.now_us;
        let shown = |one: &OperatorRow| Answer::new(200, &operators::to_json(one));
        match self {
            People::BeginSession(begin) => {
                Ok(Answer::new(201, &sessions::begin(db, begin, now_us)?))
            }
            // It takes as long as for those who are there.
            People::FailSignIn { operator: None } => Ok(Answer::new(200, &json!({}))),
            People::FailSignIn { operator: Some(operator) } => {
                let failures = operators::note_failure(db, operator, now_us)?;
                if failures == 10 {
                    let facts = json!({ "operator": operator, "attempts": failures });
                    messages::send(db, "role:admin", "sign-ins-failed", &facts, now_us)?;
                }
                Ok(Answer::new(200, &json!({ "failures": failures })))
            }
            People::EndSession { digest } => {
                db.end_session(digest)?;
                Ok(Answer::new(200, &json!({ "status": "ended" })))
            }
            People::AddOperator(one) => {
                operators::add(db, one)?;
                Ok(Answer::new(201, &operators::to_json(one)))
            }
            People::ChangeOperator { id, change } => Ok(shown(&operators::change(db, id, change)?)),
            People::SetPassword { id, hash, keep, shown: text } => {
                if text.is_some() {
                    at_the_machine(db)?;
                }
                let one = operators::set_password(db, id, hash, keep.as_deref())?;
                let mut body = json!({ "operator": operators::to_json(&one), "password": null });
                let kept = Some(body.to_string());
                body["password"] = json!(text);
                Ok(Answer { kept, ..Answer::new(200, &body) })
            }
            People::BeginSecondFactor { id, secret } => {
                let mut one = operators::get(db, id)?;
                one.totp_new = Some(secret.clone());
                db.change_operator(&one)?;
                let mut body = json!({ "secret": null, "url": null });
                let kept = Some(body.to_string());
                body["secret"] = json!(totp::secret_text(secret));
                body["url"] = json!(totp::url(secret, &one.email));
                Ok(Answer { kept, ..Answer::new(200, &body) })
            }
            People::ConfirmSecondFactor { id, code, session } => {
                confirm_second_factor(db, id, code, session, now_us)
            }
            People::ResetSecondFactor { id } => {
                at_the_machine(db)?;
                let mut one = operators::get(db, id)?;
                (one.totp, one.totp_new) = (None, None);
                db.change_operator(&one)?;
                db.end_sessions(id)?;
                Ok(shown(&one))
            }
            People::ReadMessage { seq, inboxes } => messages::read(db, *seq, inboxes, now_us),
            People::SetFourEyes { words } => Ok(Answer::new(200, &proposals::set(db, words)?)),
            People::Decide { seq, decision, by, why } => {
                proposals::decide(db, *seq, decision, by, why, context)
            }
            People::Withdraw { seq, by, edited, why } => {
                proposals::withdraw(db, *seq, edited.as_ref(), by, why, context)
            }
        }
    }
}

/// Who can sign in as another is that other: where anything needs four eyes, nobody gets there
/// over the network.
fn at_the_machine(db: &mut Db) -> Result<(), Error> {
    if proposals::needing(db)?.is_empty() {
        return Ok(());
    }
    let message = "where commands need four eyes, this is done at the machine: `stipend operator \
                   reset`"
        .to_owned();
    Err(Error::Conflict { code: "forbidden", message })
}

/// A second factor counts from the first code that fits; the old one, if any, is gone then.
fn confirm_second_factor(
    db: &mut Db,
    id: &str,
    code: &str,
    session: &[u8],
    now_us: i64,
) -> Result<Answer, Error> {
    let mut one = operators::get(db, id)?;
    let Some(secret) = one.totp_new.take() else {
        return Err(Error::Refused("begin with a new second factor first".to_owned()));
    };
    let Some(step) = totp::step_of(&secret, code, now_us / 1_000_000) else {
        return Err(Error::Refused("the code does not fit: is the clock right?".to_owned()));
    };
    (one.totp, one.totp_step) = (Some(secret), step);
    db.change_operator(&one)?;
    // The one who confirms showed both; all others sign in again.
    if let Some(mut kept) = sessions::end_others(db, id, Some(session))? {
        kept.second_factor = true;
        db.end_session(session)?;
        db.add_session(&kept)?;
    }
    Ok(Answer::new(200, &operators::to_json(&one)))
}
