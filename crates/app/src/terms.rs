//! Terms of wallets: publishing freezes a version; the last one holds (C4).
use kernel::day::instant;
use serde_json::{Value, json};
use store::{Db, TermsRow};
use wallet::Terms;

use crate::dispatch::Answer;
use crate::error::Error;
use crate::outbox;

/// Terms that were published, read.
#[derive(Debug, Clone)]
pub struct Published {
    /// Their number.
    pub version: i64,
    /// The document, checked.
    pub terms: Terms,
}

fn read(row: &TermsRow) -> Result<Published, Error> {
    Ok(Published { version: row.version, terms: Terms::parse(&row.document)? })
}

/// The terms that hold.
///
/// # Errors
/// [`Error::Missing`] when none were published.
pub fn current(db: &mut Db) -> Result<Published, Error> {
    let text = "no terms of wallets are published: `stipend terms publish` does that";
    let row = db.last_terms()?.ok_or_else(|| Error::Missing(text.to_owned()))?;
    read(&row)
}

/// The terms that hold, if there are any.
///
/// # Errors
/// [`Error::Store`].
pub fn maybe(db: &mut Db) -> Result<Option<Published>, Error> {
    db.last_terms()?.as_ref().map(read).transpose()
}

/// A version.
///
/// # Errors
/// [`Error::Missing`].
pub fn version(db: &mut Db, version: i64) -> Result<Published, Error> {
    let missing = || Error::Missing(format!("there is no version {version} of the terms"));
    read(&db.terms(version)?.ok_or_else(missing)?)
}

/// Publishes a document as the next version.
pub(crate) fn publish(db: &mut Db, document: &str, now_us: i64) -> Result<Answer, Error> {
    let terms = Terms::parse(document)?;
    let digest = lake::files::sha256(document.as_bytes());
    let last = db.last_terms()?;
    if let Some(last) = last.as_ref().filter(|last| last.digest == digest) {
        return Ok(Answer::new(200, &to_json(last)));
    }
    if let Some(last) = &last {
        keeps_accounts(db, &Terms::parse(&last.document)?, &terms)?;
    }
    let row = TermsRow {
        version: last.map_or(1, |last| last.version + 1),
        digest: digest.to_vec(),
        document: document.to_owned(),
        published_us: now_us,
    };
    db.add_terms(&row)?;
    let told = json!({ "version": row.version, "digest": hex::encode(&row.digest) });
    outbox::emit(db, "terms.published", "terms", &told, now_us)?;
    Ok(Answer::new(201, &to_json(&row)))
}

/// An account that payouts are on their way from stays what it is.
fn keeps_accounts(db: &mut Db, before: &Terms, after: &Terms) -> Result<(), Error> {
    for account in &before.account {
        let same = after
            .account(&account.name)
            .is_some_and(|other| (other.rail, &other.asset) == (account.rail, &account.asset));
        if !same && db.going_from(&account.name)? > 0 {
            let name = &account.name;
            let text = format!("payouts from the account `{name}` are on their way: keep it");
            return Err(Error::Refused(text));
        }
    }
    Ok(())
}

/// Terms as the API shows them.
#[must_use]
pub fn to_json(row: &TermsRow) -> Value {
    json!({
        "version": row.version,
        "digest": hex::encode(&row.digest),
        "document": row.document,
        "published": instant(row.published_us),
    })
}
