//! Who creators are by law: name, country, tax forms, what sanctions lists say (N2 to N4). The
//! platform proves it and tells it; the name is sealed.
use ::wallet::draw::Form;
use kernel::Day;
use kernel::day::instant;
use serde_json::{Value, json};
use store::{Db, IdentityRow};

use crate::command::Context;
use crate::dispatch::Answer;
use crate::error::Error;
use crate::vault::Key;
use crate::{methods, outbox, questions, terms};

/// Words of what lists say.
pub const SCREENED: [&str; 3] = ["", "clear", "listed"];

/// What the platform tells.
#[derive(Clone)]
pub struct Identity {
    /// The creator.
    pub creator: String,
    /// The country that he lives and is taxed in.
    pub country: String,
    /// His proved name.
    pub name: String,
    /// His tax forms: code, and through which day each holds.
    pub forms: Vec<(String, Option<Day>)>,
    /// What sanctions lists say: one of [`SCREENED`].
    pub screened: String,
    /// When that was found.
    pub screened_us: Option<i64>,
}

/// Forms as they are kept.
pub(crate) fn forms(text: &str) -> Vec<Form> {
    let all: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
    let form = |one: &Value| {
        let through = one["through"].as_str().and_then(|day| day.parse().ok());
        Some(Form { code: one["code"].as_str()?.to_owned(), through })
    };
    all.iter().filter_map(form).collect()
}

pub(crate) fn tell(db: &mut Db, told: &Identity, context: &Context) -> Result<Answer, Error> {
    let (creator, now_us) = (told.creator.as_str(), context.now_us);
    crate::wallet::known(db, creator)?;
    let forms: Vec<Value> = told
        .forms
        .iter()
        .map(|(code, through)| json!({ "code": code, "through": through.map(|d| d.to_string()) }))
        .collect();
    let row = IdentityRow {
        creator: creator.to_owned(),
        country: told.country.clone(),
        name: context.vault.seal(db, creator, &told.name, now_us)?,
        forms: json!(forms).to_string(),
        screened: told.screened.clone(),
        screened_us: told.screened_us,
        changed_us: now_us,
    };
    db.set_identity(&row)?;
    if let Some(published) = terms::maybe(db)?
        && row.screened.is_empty()
    {
        let occasion = format!("told/{now_us}");
        questions::screening(db, &published.terms, creator, &occasion, now_us)?;
    }
    // Names of his methods are compared with the new one.
    methods::compare_all(db, creator, &told.name, context)?;
    let body = to_json(&row);
    outbox::emit(db, "identity.told", creator, &body, now_us)?;
    Ok(Answer::new(200, &body))
}

/// An identity as the API shows it: without the name.
#[must_use]
pub fn to_json(row: &IdentityRow) -> Value {
    let forms: Value = serde_json::from_str(&row.forms).unwrap_or_default();
    json!({
        "creator": row.creator,
        "country": row.country,
        "forms": forms,
        "screened": row.screened,
        "screened_at": row.screened_us.map(instant),
        "changed": instant(row.changed_us),
    })
}

/// Seals the keys of all persons with another key of the folder.
pub(crate) fn rekey(db: &mut Db, next: &Key, context: &Context) -> Result<Answer, Error> {
    // What is approved is bound to places, and those are told apart by the folder's key.
    let unfinished = db.unfinished_batches()?;
    if unfinished > 0 {
        let text = format!(
            "{unfinished} batches are not handed over: discard them, or wait until they are"
        );
        return Err(Error::conflict("wrong_state", text));
    }
    let (persons, methods) = context.vault.rekey(db, next)?;
    Ok(Answer::new(200, &json!({ "persons": persons, "methods": methods })))
}

/// Destroys the key of a creator's details. The ledger keeps his id and amounts.
pub(crate) fn forget(db: &mut Db, creator: &str, now_us: i64) -> Result<Answer, Error> {
    crate::wallet::known(db, creator)?;
    for payout in db.payouts_of(creator, 0, i64::MAX)? {
        let state = payout::State::from_word(&payout.state);
        if state.is_some_and(payout::State::reserves) {
            let text = format!("the payout {} is on its way: wait until it is over", payout.seq);
            return Err(Error::conflict("wrong_state", text));
        }
    }
    db.forget_methods(creator, now_us)?;
    let destroyed = db.forget_person_key(creator)?;
    if let Some(row) = db.identity(creator)? {
        let empty = IdentityRow { name: Vec::new(), forms: "[]".to_owned(), ..row };
        db.set_identity(&empty)?;
    }
    let body = json!({ "creator": creator, "destroyed": destroyed });
    outbox::emit(db, "identity.forgotten", creator, &json!({ "creator": creator }), now_us)?;
    Ok(Answer::new(200, &body))
}
