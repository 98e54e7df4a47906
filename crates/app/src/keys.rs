//! API keys: an open id and a secret that is shown once and kept only as its SHA-256. The secret
//! has 256 random bits, so that a slow hash would protect nothing and only burden the server.
use store::{Db, KeyRow};
use subtle::ConstantTimeEq;

use crate::access::{Action, Principal, Proof, Role, check_name};
use crate::error::Error;
use crate::workspace::Stipend;

/// What every key begins with, so that scanners find keys that leaked.
const PREFIX: &str = "stipend_";
const ID_CHARS: usize = 16;

/// A key to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// What it is for.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// Actions that it is narrowed to; all of its role when empty.
    pub scopes: Vec<Action>,
    /// When it ends by itself.
    pub expires_us: Option<i64>,
}

/// A key that was just made, with its secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Made {
    /// What is kept of it.
    pub row: KeyRow,
    /// The whole key, to be shown once.
    pub text: String,
}

/// Makes a key; it is not stored yet.
///
/// # Errors
/// [`Error::Refused`] for a role that no key has, and for actions that the role is not granted.
pub fn make(new: &NewKey, made_by: &str, now_us: i64) -> Result<Made, Error> {
    if new.role.is_of_the_platform() {
        let text = format!("a key cannot be a {}: users come with a token", new.role.word());
        return Err(Error::Refused(text));
    }
    check_name(&new.name)?;
    let refused =
        |scope: &&Action| crate::access::grant(new.role, **scope) == crate::access::Grant::No;
    if let Some(scope) = new.scopes.iter().find(refused) {
        let message = format!("the role {} is not granted {}", new.role.word(), scope.word());
        return Err(Error::Conflict { code: "forbidden", message });
    }
    let random = |bytes| random_hex(bytes).map_err(Error::file("/dev/urandom"));
    let (id, secret) = (random(ID_CHARS / 2)?, random(32)?);
    let row = KeyRow {
        id: id.clone(),
        name: new.name.clone(),
        role: new.role.word().to_owned(),
        scopes: new.scopes.iter().map(|scope| scope.word().to_owned()).collect(),
        secret: lake::files::sha256(secret.as_bytes()).to_vec(),
        made_by: made_by.to_owned(),
        created_us: now_us,
        expires_us: new.expires_us,
        revoked_us: None,
        used_us: None,
    };
    Ok(Made { row, text: format!("{PREFIX}{id}_{secret}") })
}

/// Random bytes of the machine as hex digits.
///
/// # Errors
/// Whatever the system says.
pub fn random_hex(bytes: usize) -> std::io::Result<String> {
    let mut random = vec![0_u8; bytes];
    std::io::Read::read_exact(&mut std::fs::File::open("/dev/urandom")?, &mut random)?;
    Ok(hex::encode(random))
}

/// The open id of a key's text.
#[must_use]
pub fn id_of(text: &str) -> Option<&str> {
    let (id, _) = text.strip_prefix(PREFIX)?.split_once('_')?;
    (id.len() == ID_CHARS).then_some(id)
}

/// Whose key a text is, if it is one and still good.
#[must_use]
pub fn recognise(row: &KeyRow, text: &str, now_us: i64) -> Option<Principal> {
    let (_, secret) = text.strip_prefix(PREFIX)?.split_once('_')?;
    let hash = lake::files::sha256(secret.as_bytes());
    let same: bool = hash.as_slice().ct_eq(&row.secret).into();
    let over = |end: Option<i64>| end.is_some_and(|end| end <= now_us);
    if !same || over(row.revoked_us) || over(row.expires_us) {
        return None;
    }
    Some(Principal {
        actor: format!("key:{}", row.id),
        roles: vec![Role::from_word(&row.role)?],
        scopes: row.scopes.iter().filter_map(|word| Action::from_word(word)).collect(),
        subject: None,
        proof: Proof::Key,
    })
}

/// The row of a key, or that there is none.
pub(crate) fn get(db: &mut Db, id: &str) -> Result<KeyRow, Error> {
    db.key(id)?.ok_or_else(|| Error::Missing(format!("there is no key `{id}`")))
}

/// Makes and stores a key at once, for the command line.
///
/// # Errors
/// As [`make`]; or when the database fails.
pub fn add(stipend: &mut Stipend, new: &NewKey, now_us: i64) -> Result<Made, Error> {
    let actor = stipend.actor.clone();
    let made = make(new, &actor, now_us)?;
    stipend.db.write(|db| {
        db.add_key(&made.row)?;
        let entry = crate::audit::Entry {
            actor: &actor,
            command: "key.make",
            subject: &made.row.id,
            reason: &new.name,
            outcome: "done",
            request: &lake::files::sha256(made.row.id.as_bytes()),
        };
        crate::audit::note(db, &entry, now_us)?;
        Ok::<_, Error>(())
    })?;
    Ok(made)
}
