//! Programs: publishing a policy freezes a version.
use std::collections::BTreeMap;

use program::{Policy, availability, catalogue};
use store::{Db, PolicyRow};

use crate::audit;
use crate::error::Error;
use crate::outbox;
use crate::workspace::Stipend;

/// A published version, read.
#[derive(Debug, Clone)]
pub struct Published {
    /// The row.
    pub row: PolicyRow,
    /// The document, checked.
    pub policy: Policy,
}

/// What publishing did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// The program.
    pub program: String,
    /// The version.
    pub version: i64,
    /// SHA-256 of the document, in hex.
    pub digest: String,
    /// Whether this text was the current version already.
    pub unchanged: bool,
}

/// Publishes a document as the next version of its program. The same text as the last version
/// changes nothing.
///
/// # Errors
/// [`Error::Policy`] for a bad document; [`Error::Refused`] when it takes effect before the last
/// version, or changes what a program keeps for life: its currency and the zone of its day.
pub fn publish(stipend: &mut Stipend, document: &str, now_us: i64) -> Result<Publication, Error> {
    let actor = stipend.actor.clone();
    stipend.db.write(|db| {
        let done = add_version(db, document, now_us)?;
        let digest = lake::files::sha256(document.as_bytes());
        let entry = audit::Entry {
            actor: &actor,
            command: "program.publish",
            subject: &format!("document {}", hex::encode(digest)),
            reason: "",
            outcome: "done",
            request: &digest,
        };
        audit::note(db, &entry, now_us)?;
        Ok(done)
    })
}

/// Publishes within a transaction that is there already.
pub(crate) fn add_version(db: &mut Db, document: &str, now_us: i64) -> Result<Publication, Error> {
    let policy = Policy::parse(document)?;
    let digest = lake::files::sha256(document.as_bytes());
    let versions: Vec<PolicyRow> =
        db.policies()?.into_iter().filter(|row| row.program == policy.program).collect();
    if let Some(last) = versions.last() {
        if last.digest == digest {
            return Ok(publication(last, true));
        }
        let before = Policy::parse(&last.document)?;
        if before.asset != policy.asset || before.zone != policy.zone {
            return Err(Error::Refused(
                "a program keeps its currency and its time zone: publish another program"
                    .to_owned(),
            ));
        }
        availability::keeps_everybody(&before.availability, &policy.availability).map_err(
            |why| {
                Error::Refused(format!(
                    "this would take the entry from creators who have it: {why}"
                ))
            },
        )?;
        if policy.effective <= last.effective {
            return Err(Error::Refused(format!(
                "version {} takes effect on {}: a new version takes effect after that",
                last.version, last.effective
            )));
        }
        let settled = db.runs(&policy.program)?.last().map(|run| run.day);
        if let Some(day) = settled.filter(|day| policy.effective <= *day) {
            return Err(Error::Refused(format!(
                "{day} is settled: a new version takes effect after the last settled day"
            )));
        }
    }
    check_circle(db, &policy)?;
    check_replaced(db, &policy)?;
    let row = PolicyRow {
        program: policy.program.clone(),
        version: versions.last().map_or(1, |last| last.version + 1),
        effective: policy.effective,
        digest: digest.to_vec(),
        document: document.to_owned(),
        published_us: now_us,
    };
    db.add_policy(&row)?;
    let data = serde_json::json!({
        "program": row.program,
        "version": row.version,
        "effective": row.effective.to_string(),
        "digest": hex::encode(&row.digest),
    });
    outbox::emit(db, "program.published", &row.program, &data, now_us)?;
    Ok(publication(&row, false))
}

/// Members are taken over at one instant: both programs' days begin with it.
fn check_replaced(db: &mut Db, policy: &Policy) -> Result<(), Error> {
    let Some(replaces) = &policy.catalogue.replaces else { return Ok(()) };
    let mut rows = db.policies()?.into_iter();
    let Some(old) = rows.rfind(|row| row.program == replaces.program) else {
        let text = format!("[catalogue] replaces `{}`, which is not published", replaces.program);
        return Err(Error::Refused(text));
    };
    if Policy::parse(&old.document)?.zone != policy.zone {
        let text = "a program that takes another's place keeps the time zone of its day";
        return Err(Error::Refused(text.to_owned()));
    }
    Ok(())
}

/// Programs that want each other's members in a circle let nobody in.
fn check_circle(db: &mut Db, policy: &Policy) -> Result<(), Error> {
    let mut last: BTreeMap<String, Policy> = BTreeMap::new();
    for row in db.policies()? {
        last.insert(row.program.clone(), Policy::parse(&row.document)?);
    }
    last.insert(policy.program.clone(), policy.clone());
    no_circle(last.values())
}

/// Whether programs want each other's members in a circle.
///
/// # Errors
/// [`Error::Refused`] with the circle.
pub fn no_circle<'a>(policies: impl Iterator<Item = &'a Policy>) -> Result<(), Error> {
    let requires: BTreeMap<&str, Vec<&str>> =
        policies.map(|policy| (policy.program.as_str(), policy.required_programs())).collect();
    match catalogue::circle(&requires) {
        None => Ok(()),
        Some(circle) => Err(Error::Refused(format!(
            "these programs require each other, so that nobody could enter: {}. Take one of the \
             names out of [catalogue] requires",
            circle.join(" -> ")
        ))),
    }
}

fn publication(row: &PolicyRow, unchanged: bool) -> Publication {
    Publication {
        program: row.program.clone(),
        version: row.version,
        digest: hex::encode(&row.digest),
        unchanged,
    }
}

/// All versions of a program, by version. Without a name, of the only program there is.
///
/// # Errors
/// [`Error::Refused`] when there is no such program, or several and none is named.
pub fn versions(stipend: &mut Stipend, program: Option<&str>) -> Result<Vec<Published>, Error> {
    let rows = stipend.db.policies()?;
    let mut names: Vec<&str> = rows.iter().map(|row| row.program.as_str()).collect();
    names.dedup();
    let name = match (program, names.as_slice()) {
        (Some(name), names) if names.contains(&name) => name.to_owned(),
        (Some(name), _) => {
            let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            return Err(Error::Missing(format!("there is no program `{name}`; there is: {known}")));
        }
        (None, [only]) => (*only).to_owned(),
        (None, []) => {
            return Err(Error::Missing(
                "no program is published: run `stipend program publish POLICY.toml`".to_owned(),
            ));
        }
        (None, names) => {
            let list = names.join(", ");
            let message = format!("there are several programs, name one: {list}");
            return Err(Error::Conflict { code: "name_the_program", message });
        }
    };
    let rows = rows.into_iter().filter(|row| row.program == name);
    rows.map(|row| Ok(Published { policy: Policy::parse(&row.document)?, row })).collect()
}

/// All versions of all programs.
///
/// # Errors
/// When the database cannot be read.
pub fn all(stipend: &mut Stipend) -> Result<Vec<Published>, Error> {
    let rows = stipend.db.policies()?.into_iter();
    rows.map(|row| Ok(Published { policy: Policy::parse(&row.document)?, row })).collect()
}

/// Checks a document that is to be a program's.
///
/// # Errors
/// [`Error::Policy`]; [`Error::Refused`] when it is another program's.
pub(crate) fn check_document(program: &str, document: &str) -> Result<(), Error> {
    let policy = Policy::parse(document)?;
    if policy.program == program {
        return Ok(());
    }
    let text = format!("the document is of `{}`, not of `{program}`", policy.program);
    Err(Error::Refused(text))
}

/// The program whose members are a policy's: its umbrella, if it has one (R3).
#[must_use]
pub fn members_of(policy: &Policy) -> &str {
    policy.catalogue.umbrella.as_deref().unwrap_or(&policy.program)
}

/// Of each program the newest version, in effect or not.
#[must_use]
pub fn newest(all: &[Published]) -> Vec<&Published> {
    let mut found: BTreeMap<&str, &Published> = BTreeMap::new();
    for version in all {
        found.insert(&version.row.program, version);
    }
    found.into_values().collect()
}

/// Of each program the version that is in effect on a day, each in its own zone's day.
#[must_use]
pub fn in_effect(all: &[Published], now_us: i64) -> Vec<&Published> {
    let mut found: Vec<&Published> = Vec::new();
    for version in all {
        if version.policy.effective > version.policy.zone.day_of(now_us) {
            continue;
        }
        match found.iter_mut().find(|held| held.row.program == version.row.program) {
            Some(held) => *held = version,
            None => found.push(version),
        }
    }
    found
}

/// A version's SHA-256 in hex.
#[must_use]
pub fn digest_hex(row: &PolicyRow) -> String {
    hex::encode(&row.digest)
}
