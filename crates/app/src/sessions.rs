//! Signing in and sessions. A session is a random secret in a cookie; the database has its SHA-256.
use kernel::day::instant;
use serde_json::{Value, json};
use store::{Db, OperatorRow, SessionRow};

use crate::access::{Principal, Proof, Role};
use crate::error::Error;
use crate::{keys, operators, password, totp};

const SECOND_US: i64 = 1_000_000;
/// A session ends when it was not used for so long, and at last after so long.
const IDLE_US: i64 = 30 * 60 * SECOND_US;
/// See [`IDLE_US`].
pub const LONGEST_S: i64 = 12 * 3_600;
/// The use of a session is noted this often.
pub const SEEN_EVERY_US: i64 = 60 * SECOND_US;

/// What somebody who signs in shows.
pub struct Attempt<'a> {
    /// His mail address.
    pub email: &'a str,
    /// His password.
    pub password: &'a str,
    /// The code of his second factor.
    pub code: Option<&'a str>,
}

/// What came of it.
pub enum Seen {
    /// It is he. The step of the code that he showed, if he has a second factor.
    Known(Box<OperatorRow>, Option<i64>),
    /// The password is right, and a code is wanted.
    CodeWanted,
    /// It is not, or there is nobody; the operator whose failures are counted.
    Wrong(Option<String>),
    /// Too many attempts failed: none is taken until then.
    Locked(i64),
}

/// Looks at what somebody shows. It takes as long for those who are not there.
///
/// # Errors
/// When the database cannot be read.
pub fn look(db: &mut Db, attempt: &Attempt<'_>, now_us: i64) -> Result<Seen, Error> {
    let found = db.operator_of_email(&attempt.email.trim().to_lowercase())?;
    let found = found.filter(|one| one.disabled_us.is_none() && !one.password.is_empty());
    let Some(one) = found else {
        password::verify_nothing(attempt.password);
        return Ok(Seen::Wrong(None));
    };
    if one.locked_us > now_us {
        password::verify_nothing(attempt.password);
        return Ok(Seen::Locked(one.locked_us));
    }
    if !password::verify(attempt.password, &one.password) {
        return Ok(Seen::Wrong(Some(one.id)));
    }
    let Some(secret) = &one.totp else { return Ok(Seen::Known(Box::new(one), None)) };
    let Some(code) = attempt.code else { return Ok(Seen::CodeWanted) };
    match totp::step_of(secret, code, now_us / SECOND_US).filter(|step| *step > one.totp_step) {
        Some(step) => Ok(Seen::Known(Box::new(one), Some(step))),
        None => Ok(Seen::Wrong(Some(one.id))),
    }
}

/// A session that is to begin.
#[derive(Clone)]
pub struct Begin {
    /// Whose.
    pub operator: String,
    /// SHA-256 of its secret.
    pub digest: Vec<u8>,
    /// Whether two factors were shown.
    pub second_factor: bool,
    /// The step of the code that was shown: none is taken twice.
    pub step: Option<i64>,
    /// The hash of the password that was shown, where one was.
    pub password: Option<String>,
    /// Whom an OIDC provider said that it is: issuer and subject.
    pub oidc_subject: Option<String>,
}

impl Begin {
    /// A session of an operator who showed nothing yet.
    #[must_use]
    pub fn of(operator: &str) -> Begin {
        Begin {
            operator: operator.to_owned(),
            digest: Vec::new(),
            second_factor: false,
            step: None,
            password: None,
            oidc_subject: None,
        }
    }
}

/// A secret for a session, and its SHA-256.
///
/// # Errors
/// When the machine gives no randomness.
pub fn fresh() -> Result<(String, Vec<u8>), Error> {
    let secret = keys::random_hex(32).map_err(Error::file("/dev/urandom"))?;
    let digest = digest(&secret);
    Ok((secret, digest))
}

/// What the database has of a session's secret.
#[must_use]
pub fn digest(secret: &str) -> Vec<u8> {
    lake::files::sha256(secret.as_bytes()).to_vec()
}

/// Begins a session, in the transaction of the command.
pub(crate) fn begin(db: &mut Db, begin: &Begin, now_us: i64) -> Result<Value, Error> {
    let mut one = operators::get(db, &begin.operator)?;
    let wrong =
        |message: &str| Error::Conflict { code: "unauthenticated", message: message.to_owned() };
    if one.disabled_us.is_some() {
        return Err(wrong("the operator is disabled"));
    }
    if let Some(shown) = &begin.password {
        // Looked at before: others may have guessed meanwhile, or he chose another.
        if one.locked_us > now_us {
            return Err(wrong("too many attempts failed meanwhile"));
        }
        if one.password != *shown {
            return Err(wrong("the password was changed meanwhile"));
        }
    }
    if let Some(step) = begin.step {
        if step <= one.totp_step {
            return Err(wrong("the code was used before: wait for the next one"));
        }
        one.totp_step = step;
    }
    if let Some(subject) = &begin.oidc_subject {
        if one.oidc_subject.as_ref().is_some_and(|known| known != subject) {
            return Err(wrong("the operator is known as somebody else there"));
        }
        one.oidc_subject = Some(subject.clone());
    }
    (one.failures, one.locked_us) = (0, 0);
    db.change_operator(&one)?;
    let expires_us = now_us + LONGEST_S * SECOND_US;
    db.add_session(&SessionRow {
        digest: begin.digest.clone(),
        operator: one.id.clone(),
        second_factor: begin.second_factor,
        created_us: now_us,
        seen_us: now_us,
        expires_us,
    })?;
    Ok(json!({
        "operator": operators::to_json(&one),
        "second_factor": begin.second_factor,
        "expires": instant(expires_us),
    }))
}

/// Ends all of an operator's sessions but one of his, which it gives.
pub(crate) fn end_others(
    db: &mut Db,
    operator: &str,
    keep: Option<&[u8]>,
) -> Result<Option<SessionRow>, Error> {
    let kept = match keep {
        Some(digest) => db.session(digest)?.filter(|session| session.operator == operator),
        None => None,
    };
    db.end_sessions(operator)?;
    if let Some(session) = &kept {
        db.add_session(session)?;
    }
    Ok(kept)
}

/// Whose session it is, if it is still good.
#[must_use]
pub fn recognise(session: &SessionRow, one: &OperatorRow, now_us: i64) -> Option<Principal> {
    let over = session.expires_us <= now_us || session.seen_us + IDLE_US <= now_us;
    if over || one.disabled_us.is_some() || session.operator != one.id {
        return None;
    }
    Some(Principal {
        actor: format!("operator:{}", one.id),
        roles: one.roles.iter().filter_map(|word| Role::from_word(word)).collect(),
        scopes: Vec::new(),
        subject: None,
        proof: Proof::Session { second_factor: session.second_factor },
    })
}
