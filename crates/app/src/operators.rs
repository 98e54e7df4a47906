//! Operators: the people who run an installation. They sign in with a password or through an OIDC
//! provider, and whoever changes something showed a second factor.
use kernel::day::instant;
use serde_json::{Value, json};
use store::{Db, OperatorRow};

use crate::access::{Role, check_name};
use crate::error::Error;
use crate::workspace::Stipend;
use crate::{audit, keys, password, sessions};

/// An operator to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOperator {
    /// His mail address.
    pub email: String,
    /// His name.
    pub name: String,
    /// His roles.
    pub roles: Vec<Role>,
    /// The language of his messages, one of [`bus::LANGUAGES`].
    pub language: String,
}

/// What is changed of an operator; what is not named stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// His name.
    pub name: Option<String>,
    /// His roles.
    pub roles: Option<Vec<Role>>,
    /// The language of his messages.
    pub language: Option<String>,
    /// Since when he is shut out; nothing inside lets him in again.
    pub disabled_us: Option<Option<i64>>,
}

/// Attempts that may fail in a row before the next has to wait, the first wait, and the longest.
const FREE_FAILURES: i64 = 5;
const FIRST_WAIT_US: i64 = 30_000_000;
const LONGEST_WAIT_US: i64 = 900_000_000;

/// Makes an operator; he is not stored yet, and has no password.
///
/// # Errors
/// [`Error::Refused`] when something makes no sense; or no randomness.
pub fn make(new: &NewOperator, made_by: &str, now_us: i64) -> Result<OperatorRow, Error> {
    let refused = |text: &str| Err(Error::Refused(text.to_owned()));
    let email = new.email.trim().to_lowercase();
    let halves = email.split_once('@');
    let plain = |text: &str| {
        !text.is_empty()
            && !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '@')
    };
    if email.len() > 200 || !halves.is_some_and(|(local, host)| plain(local) && plain(host)) {
        return refused("`email` is no mail address");
    }
    check_name(&new.name)?;
    check_roles(&new.roles)?;
    check_language(&new.language)?;
    let random = keys::random_hex(6).map_err(Error::file("/dev/urandom"))?;
    Ok(OperatorRow {
        id: format!("op_{random}"),
        email,
        name: new.name.trim().to_owned(),
        roles: words(&new.roles),
        language: new.language.clone(),
        password: String::new(),
        totp: None,
        totp_new: None,
        totp_step: 0,
        oidc_subject: None,
        failures: 0,
        locked_us: 0,
        made_by: made_by.to_owned(),
        created_us: now_us,
        disabled_us: None,
    })
}

fn words(roles: &[Role]) -> Vec<String> {
    let named = Role::WORDS.iter().filter(|(role, _)| roles.contains(role));
    named.map(|(_, word)| (*word).to_owned()).collect()
}

fn check_roles(roles: &[Role]) -> Result<(), Error> {
    let bad = |role: &&Role| role.is_of_the_platform() || **role == Role::Integrator;
    if let Some(role) = roles.iter().find(bad) {
        return Err(Error::Refused(format!("an operator cannot be a {}", role.word())));
    }
    if roles.is_empty() {
        return Err(Error::Refused("an operator has a role".to_owned()));
    }
    Ok(())
}

fn check_language(language: &str) -> Result<(), Error> {
    if bus::LANGUAGES.contains(&language) {
        return Ok(());
    }
    let known = bus::LANGUAGES.join(", ");
    Err(Error::Refused(format!("`language` is none of: {known}")))
}

/// An operator, or that there is none.
pub(crate) fn get(db: &mut Db, id: &str) -> Result<OperatorRow, Error> {
    db.operator(id)?.ok_or_else(|| Error::Missing(format!("there is no operator `{id}`")))
}

/// Adds an operator.
pub(crate) fn add(db: &mut Db, one: &OperatorRow) -> Result<(), Error> {
    if db.operator_of_email(&one.email)?.is_some() {
        let message = format!("there is an operator with the mail address {}", one.email);
        return Err(Error::Conflict { code: "taken", message });
    }
    Ok(db.add_operator(one)?)
}

/// Adds an operator with a password that nobody chose, for the command line; gives both.
///
/// # Errors
/// As [`make`]; [`Error::Conflict`] when somebody has the mail address; when the database fails.
pub fn create(
    stipend: &mut Stipend,
    new: &NewOperator,
    now_us: i64,
) -> Result<(OperatorRow, String), Error> {
    let actor = stipend.actor.clone();
    let (text, hash) = fresh_password()?;
    let one = OperatorRow { password: hash, ..make(new, &actor, now_us)? };
    stipend.db.write(|db| {
        add(db, &one)?;
        note(db, &actor, "operator.add", &one, now_us)
    })?;
    Ok((one, text))
}

/// Gives an operator a password that nobody chose, without a second factor and without failures,
/// for the command line: the way back in for whoever has the machine.
///
/// # Errors
/// [`Error::Missing`]; when the database fails.
pub fn reset(
    stipend: &mut Stipend,
    email: &str,
    now_us: i64,
) -> Result<(OperatorRow, String), Error> {
    let actor = stipend.actor.clone();
    let (text, hash) = fresh_password()?;
    let email = email.trim().to_lowercase();
    let one = stipend.db.write(|db| {
        let missing = || Error::Missing(format!("there is no operator `{email}`"));
        let mut one = db.operator_of_email(&email)?.ok_or_else(missing)?;
        one.password.clone_from(&hash);
        (one.totp, one.totp_new, one.failures, one.locked_us) = (None, None, 0, 0);
        db.change_operator(&one)?;
        db.end_sessions(&one.id)?;
        note(db, &actor, "operator.reset", &one, now_us)?;
        Ok::<_, Error>(one)
    })?;
    Ok((one, text))
}

fn note(
    db: &mut Db,
    actor: &str,
    command: &'static str,
    one: &OperatorRow,
    now_us: i64,
) -> Result<(), Error> {
    let entry = audit::Entry {
        actor,
        command,
        subject: &one.id,
        reason: "",
        outcome: "done",
        request: &[],
    };
    Ok(audit::note(db, &entry, now_us)?)
}

/// Changes an operator. Who loses roles or is shut out loses his sessions too.
pub(crate) fn change(db: &mut Db, id: &str, change: &Change) -> Result<OperatorRow, Error> {
    let mut one = get(db, id)?;
    if let Some(name) = &change.name {
        check_name(name)?;
        one.name = name.trim().to_owned();
    }
    if let Some(language) = &change.language {
        check_language(language)?;
        one.language.clone_from(language);
    }
    if let Some(roles) = &change.roles {
        check_roles(roles)?;
        one.roles = words(roles);
    }
    if let Some(disabled_us) = change.disabled_us {
        one.disabled_us = disabled_us;
    }
    keep_an_admin(db, &one)?;
    db.change_operator(&one)?;
    if change.roles.is_some() || change.disabled_us.is_some_and(|at| at.is_some()) {
        db.end_sessions(id)?;
    }
    Ok(one)
}

/// The last admin stays one: else nobody could mend anything but at the machine itself.
fn keep_an_admin(db: &mut Db, changed: &OperatorRow) -> Result<(), Error> {
    let is_admin = |one: &OperatorRow| {
        one.disabled_us.is_none() && one.roles.iter().any(|role| role == Role::Admin.word())
    };
    let all = db.operators()?;
    let others = all.iter().any(|one| one.id != changed.id && is_admin(one));
    let before = all.iter().any(|one| one.id == changed.id && is_admin(one));
    if before && !is_admin(changed) && !others {
        let message = "this is the last admin: make another one first".to_owned();
        return Err(Error::Conflict { code: "last_admin", message });
    }
    Ok(())
}

/// Gives an operator another password; his sessions end, but for one.
pub(crate) fn set_password(
    db: &mut Db,
    id: &str,
    hash: &str,
    keep: Option<&[u8]>,
) -> Result<OperatorRow, Error> {
    let mut one = get(db, id)?;
    hash.clone_into(&mut one.password);
    (one.failures, one.locked_us) = (0, 0);
    db.change_operator(&one)?;
    sessions::end_others(db, id, keep)?;
    Ok(one)
}

/// Notes an attempt that failed; after some, the next has to wait.
pub(crate) fn note_failure(db: &mut Db, id: &str, now_us: i64) -> Result<i64, Error> {
    let mut one = get(db, id)?;
    one.failures += 1;
    let over = one.failures - FREE_FAILURES;
    if over >= 0 {
        let wait = (FIRST_WAIT_US << over.clamp(0, 10)).min(LONGEST_WAIT_US);
        one.locked_us = now_us + wait;
    }
    db.change_operator(&one)?;
    Ok(one.failures)
}

/// An operator as the API shows him.
#[must_use]
pub fn to_json(one: &OperatorRow) -> Value {
    json!({
        "id": one.id,
        "email": one.email,
        "name": one.name,
        "roles": one.roles,
        "language": one.language,
        "has_password": !one.password.is_empty(),
        "second_factor": one.totp.is_some(),
        "oidc": one.oidc_subject.is_some(),
        "made_by": one.made_by,
        "created": instant(one.created_us),
        "disabled": one.disabled_us.map(instant),
    })
}

/// A password that nobody chose, and its hash.
///
/// # Errors
/// When the machine gives no randomness.
pub fn fresh_password() -> Result<(String, String), Error> {
    let text = keys::random_hex(12).map_err(Error::file("/dev/urandom"))?;
    let hash = password::hash(&text)?;
    Ok((text, hash))
}
