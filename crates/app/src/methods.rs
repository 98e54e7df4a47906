//! Methods: where creators' money goes (R92, R94, N3, N25).
use std::collections::BTreeMap;

use kernel::day::{HOUR_US, instant};
use serde_json::{Value, json};
use store::{Db, MethodRow};
use wallet::method::{Kind, Method};
use wallet::name::{Match, compare};

use crate::command::Context;
use crate::dispatch::Answer;
use crate::error::Error;
use crate::vault::Vault;
use crate::{messages, outbox, questions, terms};

/// What stands before the name of who refused a method.
pub(crate) const REFUSED: &str = "refused by ";
/// Methods that one creator may have.
const METHODS_MAX: usize = 20;

/// A method to be added.
#[derive(Clone)]
pub struct NewMethod {
    /// Whose.
    pub creator: String,
    /// Its checked details.
    pub method: Method,
}

fn to_text(method: &Method) -> String {
    json!({ "kind": method.kind.word(), "country": method.country, "holder": method.holder,
            "fields": method.fields })
    .to_string()
}

fn of_text(text: &str) -> Option<Method> {
    let body: Value = serde_json::from_str(text).ok()?;
    let fields: BTreeMap<String, String> = serde_json::from_value(body["fields"].clone()).ok()?;
    Some(Method {
        kind: Kind::from_word(body["kind"].as_str()?)?,
        country: body["country"].as_str()?.to_owned(),
        holder: body["holder"].as_str()?.to_owned(),
        fields,
    })
}

/// The details of a method, for whoever pays.
pub(crate) fn details(db: &mut Db, row: &MethodRow, context: &Context) -> Result<Method, Error> {
    let gone = || Error::Refused(format!("the details of method {} were forgotten", row.seq));
    let text = context.vault.open(db, &row.creator, &row.sealed)?.ok_or_else(gone)?;
    of_text(&text).ok_or_else(gone)
}

/// Where a method leads; nothing where its details were forgotten.
pub(crate) fn place_of(
    db: &mut Db,
    vault: &Vault,
    row: &MethodRow,
) -> Result<Option<String>, Error> {
    let text = vault.open(db, &row.creator, &row.sealed)?;
    Ok(text.as_deref().and_then(of_text).map(|method| method.identity()))
}

/// How a holder's name stands to a creator's proved one.
fn standing(holder: &str, name: Option<&str>) -> &'static str {
    match name {
        Some(name) if !holder.is_empty() => match compare(holder, name) {
            Match::Same => "same",
            Match::Close => "close",
            Match::Different => "different",
        },
        _ => "unknown",
    }
}

pub(crate) fn add(db: &mut Db, new: &NewMethod, context: &Context) -> Result<Answer, Error> {
    let (creator, now_us) = (new.creator.as_str(), context.now_us);
    crate::wallet::known(db, creator)?;
    let terms = terms::current(db)?.terms;
    let before = db.methods(creator)?;
    if before.len() >= METHODS_MAX {
        let text = format!("a creator has at most {METHODS_MAX} methods: remove one");
        return Err(Error::conflict("taken", text));
    }
    let name = match db.identity(creator)? {
        Some(row) if !row.name.is_empty() => context.vault.open(db, creator, &row.name)?,
        _ => None,
    };
    let fingerprint = context.vault.fingerprint(&new.method.identity())?;
    if before.iter().any(|one| one.fingerprint == fingerprint) {
        let text = "this creator has that method already";
        return Err(Error::conflict("taken", text));
    }
    // Whoever took an account over adds a method and draws: the first one of a wallet has to wait
    // as well, for there may have been one before (N25).
    let cooling_us = i64::from(terms.wallet.cooling_hours) * HOUR_US;
    let mut row = MethodRow {
        seq: 0,
        creator: creator.to_owned(),
        kind: new.method.kind.word().to_owned(),
        country: new.method.country.clone(),
        label: new.method.label(),
        sealed: context.vault.seal(db, creator, &to_text(&new.method), now_us)?,
        fingerprint,
        name: standing(&new.method.holder, name.as_deref()).to_owned(),
        confirmed_by: String::new(),
        created_us: now_us,
        usable_us: now_us + cooling_us,
        removed_us: None,
        owner: String::new(),
    };
    row.seq = db.add_method(&row)?;
    questions::owner(db, &terms, &row, now_us)?;
    tell(db, "added", &row, &before, now_us)?;
    Ok(Answer::new(201, &to_json(&row)))
}

/// The creator is told, and the platform, so that it writes to the contact that it knew before.
fn tell(
    db: &mut Db,
    what: &str,
    row: &MethodRow,
    before: &[MethodRow],
    now_us: i64,
) -> Result<(), Error> {
    let creator = row.creator.as_str();
    let old: Vec<&str> = before.iter().map(|one| one.label.as_str()).collect();
    let facts = json!({ "creator": creator, "method": row.seq, "what": what, "label": row.label,
                        "before": old, "usable": instant(row.usable_us) });
    outbox::emit(db, "method.changed", creator, &facts, now_us)?;
    let facts = json!({ "what": what, "label": row.label, "usable": instant(row.usable_us) });
    Ok(messages::send(db, &format!("creator:{creator}"), "method-changed", &facts, now_us)?)
}

fn get(db: &mut Db, creator: &str, id: i64) -> Result<MethodRow, Error> {
    let missing = || Error::Missing(format!("the creator `{creator}` has no method {id}"));
    let row = db.method(id)?.filter(|row| row.creator == creator && row.removed_us.is_none());
    row.ok_or_else(missing)
}

pub(crate) fn remove(db: &mut Db, creator: &str, id: i64, now_us: i64) -> Result<Answer, Error> {
    let row = get(db, creator, id)?;
    // What is on its way there still needs the details, and so does what comes back.
    db.remove_method(id, now_us, &row.sealed)?;
    tell(db, "removed", &row, &[], now_us)?;
    Ok(Answer::new(200, &to_json(&row)))
}

pub(crate) fn confirm(
    db: &mut Db,
    actor: &str,
    (creator, id): (&str, i64),
    his: bool,
    now_us: i64,
) -> Result<Answer, Error> {
    let row = get(db, creator, id)?;
    let (name, by) = if his {
        (row.name.clone(), actor.to_owned())
    } else {
        ("different".to_owned(), format!("{REFUSED}{actor}"))
    };
    db.set_method_name(id, &name, &by)?;
    let row = get(db, creator, id)?;
    let what = if his { "confirmed" } else { "refused" };
    tell(db, what, &row, &[], now_us)?;
    Ok(Answer::new(200, &to_json(&row)))
}

/// Compares all methods of a creator with a name. What a person confirmed is looked at again.
pub(crate) fn compare_all(
    db: &mut Db,
    creator: &str,
    name: &str,
    context: &Context,
) -> Result<(), Error> {
    for row in db.methods(creator)? {
        // What a person refused stays refused.
        if row.confirmed_by.starts_with(REFUSED) {
            continue;
        }
        let holder = details(db, &row, context)?.holder;
        let stands = standing(&holder, Some(name));
        if stands != row.name {
            db.set_method_name(row.seq, stands, "")?;
        }
    }
    Ok(())
}

/// A method as the API shows it: never its details.
#[must_use]
pub fn to_json(row: &MethodRow) -> Value {
    json!({
        "id": row.seq,
        "creator": row.creator,
        "kind": row.kind,
        "country": row.country,
        "label": row.label,
        "name": row.name,
        "owner": row.owner,
        "confirmed": !row.confirmed_by.is_empty() && !row.confirmed_by.starts_with(REFUSED),
        "created": instant(row.created_us),
        "usable": instant(row.usable_us),
    })
}
