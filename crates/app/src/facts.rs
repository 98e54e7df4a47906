//! Facts of creators and works that are told one request at a time.
use std::collections::BTreeSet;

use catalog::{CreatorFacts, WorkFacts};
use kernel::Day;
use kernel::id::HashKey;
use lake::intake::{
    CatalogRow, Counts, CreatorRow, Input, InputFormat, Mapping, Refused, Target, WorkRow,
    read_rows,
};
use store::{Db, ImportRow};

use crate::error::Error;
use crate::import::{CatalogSink, Side, take};

/// Facts of one request, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// The rows, with their lines.
    pub rows: Vec<(u64, CatalogRow)>,
    /// Rows read, accepted, refused.
    pub counts: Counts,
    /// Refused rows, with why.
    pub refused: Vec<Refused>,
}

/// What telling did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stored {
    /// Rows read, accepted, refused.
    pub counts: Counts,
    /// Refused rows, with why.
    pub refused: Vec<Refused>,
    /// Creators and works that were not known.
    pub subjects: usize,
    /// New versions of facts.
    pub versions: usize,
}

/// Reads facts; nothing is stored yet.
///
/// # Errors
/// [`Error::Read`] when the text cannot be read at all.
pub fn read(mapping: &Mapping, format: InputFormat, body: Vec<u8>) -> Result<Told, Error> {
    let mut input = Input::of_bytes(body).map_err(Error::file("the request"))?;
    let mut sinks = [CatalogSink { mapping, rows: Vec::new() }];
    let (counts, refused) =
        read_rows(&mut input, format, mapping, Target::Catalog, &mut sinks, &mut |_, _| Ok(()))?;
    let [sink] = sinks;
    Ok(Told { rows: sink.rows, counts, refused })
}

/// Stores facts, in the transaction of the command. Only subjects that the rows name are looked up.
pub(crate) fn store(
    db: &mut Db,
    public: &HashKey,
    told: &Told,
    now_us: i64,
) -> Result<Stored, Error> {
    let (mut work_ids, mut creator_ids) = (BTreeSet::new(), BTreeSet::new());
    for (_, row) in &told.rows {
        if let Some(work) = &row.work {
            work_ids.insert(work.id.as_str());
            creator_ids.extend(work.facts.creator.as_deref());
        }
        creator_ids.extend(row.creator.iter().map(|creator| creator.id.as_str()));
    }
    let mut works = works_side(db, public, &work_ids)?;
    let mut creators = creators_side(db, public, &creator_ids)?;
    let seq = db.last_import()? + 1;
    let today = kernel::Zone::utc().day_of(now_us);
    let mut stored =
        Stored { counts: told.counts.clone(), refused: told.refused.clone(), ..Stored::default() };
    let dated = |effective: Option<Day>| effective;
    for (line, row) in &told.rows {
        if let Err(refusal) = take(&mut works, &mut creators, row.clone(), seq, today, &dated) {
            stored.counts.accepted -= 1;
            stored.counts.refuse(&refusal);
            stored.refused.push(Refused { line: *line, refusal });
        }
    }
    stored.refused.sort_by_key(|row| row.line);
    let (works_said, creators_said) = (works.said(), creators.said());
    stored.subjects = works.new.len() + creators.new.len();
    stored.versions = works_said.len() + creators_said.len();
    if stored.subjects + stored.versions == 0 {
        return Ok(stored);
    }
    let count = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let import = ImportRow {
        seq,
        source: "api".to_owned(),
        read: count(stored.counts.read),
        accepted: count(stored.counts.accepted),
        refused: count(stored.counts.refused),
    };
    // Facts may be told again after others were told: each telling is an import of its own.
    let digest = lake::files::sha256(format!("api/{seq}").as_bytes());
    db.add_import("catalog", &digest, &import, now_us)?;
    db.add_works(&works.new)?;
    db.add_creators(&creators.new)?;
    db.add_work_versions(&works_said)?;
    db.add_creator_versions(&creators_said)?;
    Ok(stored)
}

/// A row that says something of a work from a day on.
pub(crate) fn work(id: &str, effective: Day, facts: WorkFacts) -> (u64, CatalogRow) {
    let work = WorkRow { id: id.to_owned(), effective: Some(effective), facts };
    (0, CatalogRow { work: Some(work), creator: None })
}

/// A row that says something of a creator from a day on.
pub(crate) fn creator(id: &str, effective: Day, facts: CreatorFacts) -> (u64, CatalogRow) {
    let creator = CreatorRow { id: id.to_owned(), effective: Some(effective), facts };
    (0, CatalogRow { work: None, creator: Some(creator) })
}

fn works_side<'k>(
    db: &mut Db,
    public: &'k HashKey,
    ids: &BTreeSet<&str>,
) -> Result<Side<'k, WorkFacts>, Error> {
    let mut known = Vec::new();
    for id in ids {
        // The work itself, or another with the same hash.
        known.extend(db.work_of_hash(public.hash(&[id.as_bytes()]))?);
    }
    let there: BTreeSet<String> = known.iter().map(|(id, _)| id.clone()).collect();
    let mut side = Side::new(known, public);
    for id in ids.iter().filter(|id| there.contains(**id)) {
        for version in db.work_versions(id)? {
            side.hold(id, version);
        }
    }
    Ok(side)
}

fn creators_side<'k>(
    db: &mut Db,
    public: &'k HashKey,
    ids: &BTreeSet<&str>,
) -> Result<Side<'k, CreatorFacts>, Error> {
    let mut known = Vec::new();
    for id in ids {
        // The creator itself, or another with the same hash.
        known.extend(db.creator_of_hash(public.hash(&[id.as_bytes()]))?);
    }
    let there: BTreeSet<String> = known.iter().map(|(id, _)| id.clone()).collect();
    let mut side = Side::new(known, public);
    for id in ids.iter().filter(|id| there.contains(**id)) {
        for version in db.creator_versions(id)? {
            side.hold(id, version);
        }
    }
    Ok(side)
}

/// Tells facts at once, one object a line: for the command line.
///
/// # Errors
/// [`Error::AllRefused`], or when the database fails.
pub fn tell(
    stipend: &mut crate::workspace::Stipend,
    lines: &str,
    now_us: i64,
) -> Result<Stored, Error> {
    let mapping = Mapping::own(Target::Catalog, false);
    let told = read(&mapping, InputFormat::Ndjson, lines.as_bytes().to_vec())?;
    let public = stipend.keys.public.clone();
    let actor = stipend.actor.clone();
    stipend.db.write(|db| {
        let stored = store(db, &public, &told, now_us)?;
        let entry = crate::audit::Entry {
            actor: &actor,
            command: "facts.tell",
            subject: &format!("{} rows", stored.counts.accepted),
            reason: "",
            outcome: "done",
            request: &lake::files::sha256(lines.as_bytes()),
        };
        crate::audit::note(db, &entry, now_us)?;
        Ok::<_, Error>(stored)
    })
}
