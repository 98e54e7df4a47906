//! The audit log: who did what, to what, why, when. Entries are chained by their digests, so that
//! one that is changed, removed or put elsewhere is found (I17).
use sha2::{Digest, Sha256};
use store::{AuditRow, Db, StoreError};

use crate::error::Error;
use crate::workspace::Stipend;

/// What is to be noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Who: `key:…`, `operator:…`, `user:…`, `worker:…`, `cli:…`.
    pub actor: &'a str,
    /// What: `program.publish`, `events.seal`, …
    pub command: &'a str,
    /// To what.
    pub subject: &'a str,
    /// Why, in the actor's words.
    pub reason: &'a str,
    /// `done`, or the code of the refusal.
    pub outcome: &'a str,
    /// SHA-256 of what was asked.
    pub request: &'a [u8],
}

/// Digest of what the first entry follows.
const GENESIS: [u8; 32] = [0; 32];

/// SHA-256 over the digest of the entry before and every field, each with its length.
#[must_use]
pub fn digest(row: &AuditRow) -> [u8; 32] {
    let mut hash = Sha256::new();
    let (seq, time) = (row.seq.to_string(), row.recorded_us.to_string());
    let texts = [
        seq.as_str(),
        time.as_str(),
        &row.actor,
        &row.command,
        &row.subject,
        &row.reason,
        &row.outcome,
    ];
    let fields = texts.iter().map(|text| text.as_bytes());
    for field in fields.chain([row.request.as_slice(), row.previous.as_slice()]) {
        hash.update(field.len().to_string().as_bytes());
        hash.update(b":");
        hash.update(field);
    }
    hash.finalize().into()
}

/// Adds an entry in the transaction of what it tells of.
///
/// # Errors
/// [`StoreError`].
pub fn note(db: &mut Db, entry: &Entry<'_>, now_us: i64) -> Result<(), StoreError> {
    let (last, previous) = db.audit_end()?.unwrap_or((0, GENESIS.to_vec()));
    let mut row = AuditRow {
        seq: last + 1,
        recorded_us: now_us,
        actor: entry.actor.to_owned(),
        command: entry.command.to_owned(),
        subject: entry.subject.to_owned(),
        reason: entry.reason.to_owned(),
        outcome: entry.outcome.to_owned(),
        request: entry.request.to_vec(),
        previous,
        digest: Vec::new(),
    };
    row.digest = digest(&row).to_vec();
    db.add_audit(&row)
}

/// What a check of the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Entries.
    pub entries: i64,
    /// Digest of the last one, in hex: keep it elsewhere, and a cut tail shows.
    pub head: String,
    /// What does not fit, one line each.
    pub problems: Vec<String>,
}

const PAGE: i64 = 10_000;

/// Follows the chain from its beginning.
///
/// # Errors
/// When the database cannot be read.
pub fn check(stipend: &mut Stipend) -> Result<Checked, Error> {
    let mut checked = Checked { entries: 0, head: hex::encode(GENESIS), problems: Vec::new() };
    let mut previous = GENESIS.to_vec();
    loop {
        let page = stipend.db.audit_page(checked.entries, PAGE)?;
        for row in &page {
            let seq = checked.entries + 1;
            if row.seq != seq {
                checked.problems.push(format!("entry {seq} is missing"));
            }
            if row.previous != previous {
                checked.problems.push(format!("entry {} does not follow the one before", row.seq));
            }
            if digest(row).as_slice() != row.digest {
                checked.problems.push(format!("entry {} was changed", row.seq));
            }
            previous.clone_from(&row.digest);
            checked.entries = row.seq;
        }
        if page.is_empty() || checked.problems.len() > 100 {
            checked.head = hex::encode(previous);
            return Ok(checked);
        }
    }
}
