//! Imports: events into the lake, facts into the catalog.
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use catalog::{CreatorFacts, Facts, Version, WorkFacts};
use kernel::Day;
use lake::intake::{
    Cell, Context, Counts, Input, InputFormat, Mapping, Refusal, RefusalCode, Refused, RowSink,
    Target, read_rows,
};
use lake::{Hours, Sealer};
use store::{Db, ImportRow, SegmentRow, StoreError};

use crate::audit;
use crate::directory::news;
use crate::error::Error;
use crate::failpoint;
use crate::workspace::Stipend;

/// Events held in memory before they are written out as segments.
const HELD_ROWS: usize = 4_000_000;
/// Refused rows that a check shows.
const SHOWN: usize = 20;

/// What to import.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The file, or `-` for standard input.
    pub path: &'a Path,
    /// Its format, if its name does not tell.
    pub format: Option<InputFormat>,
    /// The text of a mapping file.
    pub mapping: Option<&'a str>,
    /// Where refused rows go; by default into the data folder.
    pub rejects: Option<&'a Path>,
    /// The day from which facts hold that carry none.
    pub effective: Option<Day>,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows read, accepted and refused.
    pub counts: Counts,
    /// The file of refused rows, if any.
    pub rejects: Option<PathBuf>,
    /// Whether exactly this content was imported before; then nothing changed.
    pub repeated: bool,
    /// Segments written.
    pub segments: usize,
    /// New subjects (works and creators) and new versions of facts.
    pub subjects: usize,
    /// New versions of facts.
    pub versions: usize,
}

/// Told how many rows were read, and bytes of how many.
pub type Progress<'a> = &'a mut dyn FnMut(&Counts, u64, Option<u64>);

fn open(request: &Request<'_>, target: Target) -> Result<(Input, InputFormat, Mapping), Error> {
    let format = request.format.or_else(|| InputFormat::of(request.path)).ok_or_else(|| {
        Error::Refused(format!(
            "the name `{}` does not tell the format: give --format ndjson, json, csv, parquet or \
             cloudevents",
            request.path.display()
        ))
    })?;
    let mapping = match request.mapping {
        Some(text) => Mapping::parse(text)?,
        None => Mapping::own(target, format == InputFormat::CloudEvents),
    };
    if !mapping.serves(target) {
        let section = match target {
            Target::Events => "[event]",
            Target::Catalog => "[work] or [creator]",
        };
        return Err(Error::Refused(format!("the mapping file has no section {section}")));
    }
    Ok((Input::open(request.path)?, format, mapping))
}

/// SHA-256 of what was read and how.
fn digest(input: &Input, mapping: &Mapping, effective: Option<Day>) -> [u8; 32] {
    let mut text = input.digest().to_vec();
    text.extend_from_slice(mapping.text.as_bytes());
    if let Some(day) = effective {
        text.extend_from_slice(day.to_string().as_bytes());
    }
    lake::files::sha256(&text)
}

struct EventSink<'a> {
    mapping: &'a Mapping,
    context: &'a Context<'a>,
    hours: Hours,
    creators: BTreeSet<String>,
}

impl RowSink for EventSink<'_> {
    fn row(&mut self, _line: u64, cells: &[Cell<'_>]) -> Result<(), Refusal> {
        let hours = &mut self.hours;
        self.mapping.event(cells, self.context, |time| hours.at(time))?;
        if self.mapping.names_creators()
            && let Some(creator) = self.mapping.named_creator(cells)
            && !self.creators.contains(&creator)
        {
            self.creators.insert(creator);
        }
        Ok(())
    }
}

/// Imports events. They are durable and in the manifest when this returns.
///
/// # Errors
/// [`Error`]; then nothing was imported.
pub fn events(
    stipend: &mut Stipend,
    request: &Request<'_>,
    now_us: i64,
    progress: Progress<'_>,
) -> Result<Report, Error> {
    let (mut input, format, mapping) = open(request, Target::Events)?;
    let keys = stipend.keys.clone();
    let context = Context { keys: &keys, now_us };
    let sink = || EventSink {
        mapping: &mapping,
        context: &context,
        hours: Hours::default(),
        creators: BTreeSet::new(),
    };
    let mut sinks: Vec<EventSink<'_>> = (0..stipend.threads).map(|_| sink()).collect();
    // Names of segments differ from import to import, also from one that was killed.
    let import = lake::files::fresh_name().map_err(Error::file("/dev/urandom"))?;
    let mut sealer = Sealer::new(&stipend.lake(), &import);
    let threads = stipend.threads;
    let (size, read) = (input.size, std::sync::Arc::clone(&input.read));
    let result = read_rows(
        &mut input,
        format,
        &mapping,
        Target::Events,
        &mut sinks,
        &mut |sinks, counts| {
            progress(counts, read.load(std::sync::atomic::Ordering::Relaxed), size);
            let held: usize = sinks.iter().map(|sink| sink.hours.rows()).sum();
            if held >= HELD_ROWS {
                sealer.seal(sinks.iter_mut().map(|sink| sink.hours.take()).collect(), threads)?;
            }
            Ok(())
        },
    );
    let (counts, refused) = match result {
        Ok(done) => done,
        Err(error) => {
            sealer.discard();
            return Err(error.into());
        }
    };
    let digest = digest(&input, &mapping, request.effective);
    if let Some(before) = stipend.db.find_import("events", &digest)? {
        sealer.discard();
        return Ok(repeated(&before));
    }
    let lake = stipend.lake();
    let hours = sinks.iter_mut().map(|sink| sink.hours.take()).collect();
    sealer.seal(hours, threads).map_err(Error::file(&lake))?;
    let segments = sealer.finish().map_err(Error::file(&lake))?;
    failpoint::reach("import:segments-written");
    let creators: BTreeSet<String> = sinks.into_iter().flat_map(|sink| sink.creators).collect();
    let rejects = write_rejects(&rejects_path(stipend, request, &digest), &refused)?;
    let row = import_row(request, &counts);
    let count = segments.len();
    acknowledge(stipend, &digest, &row, segments, &creators, now_us)?;
    Ok(Report { counts, rejects, segments: count, ..Report::default() })
}

/// Puts written segments into the manifest, and creators whom events named into the catalog.
fn acknowledge(
    stipend: &mut Stipend,
    digest: &[u8; 32],
    row: &ImportRow,
    segments: Vec<lake::SegmentInfo>,
    creators: &BTreeSet<String>,
    now_us: i64,
) -> Result<(), Error> {
    let (public, actor) = (stipend.keys.public.clone(), stipend.actor.clone());
    stipend.db.write(|db| {
        let seq = db.add_import("events", digest, row, now_us)?;
        db.add_segments(seq, &manifest(segments))?;
        add_creators(db, &public, creators)?;
        note(db, &actor, "events.import", seq, row, digest, now_us)?;
        failpoint::reach("import:before-commit");
        Ok::<_, StoreError>(())
    })?;
    failpoint::reach("import:after-commit");
    Ok(())
}

/// Segments as rows of the manifest.
pub(crate) fn manifest(segments: Vec<lake::SegmentInfo>) -> Vec<SegmentRow> {
    let row = |segment: lake::SegmentInfo| SegmentRow {
        seq: 0,
        path: segment.path,
        first_us: segment.first_us,
        last_us: segment.last_us,
        rows: i64::try_from(segment.rows).unwrap_or(i64::MAX),
        bytes: i64::try_from(segment.bytes).unwrap_or(i64::MAX),
        digest: segment.digest.to_vec(),
    };
    segments.into_iter().map(row).collect()
}

/// Adds creators who are not known.
pub(crate) fn add_creators(
    db: &mut Db,
    public: &kernel::id::HashKey,
    creators: &BTreeSet<String>,
) -> Result<(), StoreError> {
    if creators.is_empty() {
        return Ok(());
    }
    let known: BTreeSet<String> = db.creators()?.into_iter().map(|(id, _)| id).collect();
    let new: Vec<(String, i64)> = creators
        .iter()
        .filter(|id| !known.contains(*id))
        .map(|id| (id.clone(), public.hash(&[id.as_bytes()])))
        .collect();
    db.add_creators(&new)
}

/// Notes an import in the audit log.
fn note(
    db: &mut Db,
    actor: &str,
    command: &str,
    seq: i64,
    row: &ImportRow,
    digest: &[u8; 32],
    now_us: i64,
) -> Result<(), StoreError> {
    let entry = audit::Entry {
        actor,
        command,
        subject: &format!("import {seq}"),
        reason: &format!("{}: {} of {} rows", row.source, row.accepted, row.read),
        outcome: "done",
        request: digest,
    };
    audit::note(db, &entry, now_us)
}

fn repeated(before: &ImportRow) -> Report {
    let count = |value: i64| u64::try_from(value).unwrap_or(0);
    let counts = Counts {
        read: count(before.read),
        accepted: count(before.accepted),
        refused: count(before.refused),
        ..Counts::default()
    };
    Report { counts, repeated: true, ..Report::default() }
}

fn import_row(request: &Request<'_>, counts: &Counts) -> ImportRow {
    let count = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let name = request.path.file_name().map_or("-".into(), |name| name.to_string_lossy());
    ImportRow {
        seq: 0,
        source: name.into_owned(),
        read: count(counts.read),
        accepted: count(counts.accepted),
        refused: count(counts.refused),
    }
}

/// Where refused rows go: where the caller says, or into the data folder.
fn rejects_path(stipend: &Stipend, request: &Request<'_>, digest: &[u8; 32]) -> PathBuf {
    let short = hex::encode(digest.get(..6).unwrap_or_default());
    let own = stipend.data_dir.join("rejects").join(format!("{short}.csv"));
    request.rejects.map_or(own, Path::to_owned)
}

/// Writes the refused rows, if any: line, code, field, message.
fn write_rejects(path: &Path, refused: &[Refused]) -> Result<Option<PathBuf>, Error> {
    if refused.is_empty() {
        return Ok(None);
    }
    let mut table = lake::Table::default();
    let line = |row: &Refused| i64::try_from(row.line).unwrap_or(i64::MAX);
    table.int("line", refused.iter().map(line).collect());
    table.text("code", refused.iter().map(|row| row.refusal.code.code().to_owned()).collect());
    table.text("field", refused.iter().map(|row| row.refusal.field.to_owned()).collect());
    table.text("message", refused.iter().map(|row| row.refusal.message.clone()).collect());
    let mut text = Vec::new();
    table.write_csv(&mut text, true).map_err(Error::file(path))?;
    lake::files::write_durably(path, &text).map_err(Error::file(path))?;
    Ok(Some(path.to_owned()))
}

pub(crate) struct CatalogSink<'a> {
    pub(crate) mapping: &'a Mapping,
    pub(crate) rows: Vec<(u64, lake::intake::CatalogRow)>,
}

impl RowSink for CatalogSink<'_> {
    fn row(&mut self, line: u64, cells: &[Cell<'_>]) -> Result<(), Refusal> {
        let row = self.mapping.catalog(cells)?;
        self.rows.push((line, row));
        Ok(())
    }
}

/// Imports facts of works and creators. A work's creator is added if he is not known.
///
/// Facts without an effective day hold from the beginning for a subject that was not known, and
/// from the day of the import for one that was.
///
/// # Errors
/// [`Error`]; then nothing was imported.
pub fn catalog(
    stipend: &mut Stipend,
    request: &Request<'_>,
    now_us: i64,
    progress: Progress<'_>,
) -> Result<Report, Error> {
    let (mut input, format, mapping) = open(request, Target::Catalog)?;
    let sink = || CatalogSink { mapping: &mapping, rows: Vec::new() };
    let mut sinks: Vec<CatalogSink<'_>> = (0..stipend.threads).map(|_| sink()).collect();
    let (size, read) = (input.size, std::sync::Arc::clone(&input.read));
    let (counts, mut refused) =
        read_rows(&mut input, format, &mapping, Target::Catalog, &mut sinks, &mut |_, counts| {
            progress(counts, read.load(std::sync::atomic::Ordering::Relaxed), size);
            Ok(())
        })?;
    let digest = digest(&input, &mapping, request.effective);
    if let Some(before) = stipend.db.find_import("catalog", &digest)? {
        return Ok(repeated(&before));
    }
    let mut rows: Vec<(u64, lake::intake::CatalogRow)> =
        sinks.into_iter().flat_map(|sink| sink.rows).collect();
    rows.sort_by_key(|(line, _)| *line);
    let today = kernel::Zone::utc().day_of(now_us);
    let (public, actor) = (stipend.keys.public.clone(), stipend.actor.clone());
    let mut counts = counts;
    let rejects_path = rejects_path(stipend, request, &digest);
    let stored = stipend.db.write(|db| {
        let mut works = Side::new(db.works()?, &public);
        db.each_work_version(&mut |id, version| works.hold(id, version))?;
        let mut creators = Side::new(db.creators()?, &public);
        db.each_creator_version(&mut |id, version| creators.hold(id, version))?;
        let seq = db.last_import()? + 1;
        for (line, row) in rows {
            let dated = |effective: Option<Day>| effective.or(request.effective);
            let taken = take(&mut works, &mut creators, row, seq, today, &dated);
            if let Err(refusal) = taken {
                counts.accepted -= 1;
                counts.refuse(&refusal);
                refused.push(Refused { line, refusal });
            }
        }
        refused.sort_by_key(|row| row.line);
        // Before the commit: what is acknowledged has its rejects file.
        let rejects = write_rejects(&rejects_path, &refused)?;
        let row = import_row(request, &counts);
        db.add_import("catalog", &digest, &row, now_us)?;
        note(db, &actor, "catalog.import", seq, &row, &digest, now_us)?;
        db.add_works(&works.new)?;
        db.add_creators(&creators.new)?;
        let (works_said, creators_said) = (works.said(), creators.said());
        db.add_work_versions(&works_said)?;
        db.add_creator_versions(&creators_said)?;
        failpoint::reach("import:before-commit");
        let subjects = works.new.len() + creators.new.len();
        let versions = works_said.len() + creators_said.len();
        Ok::<_, Error>(Report { counts, rejects, subjects, versions, ..Report::default() })
    })?;
    failpoint::reach("import:after-commit");
    Ok(stored)
}

/// Works or creators while rows are taken in.
pub(crate) struct Side<'k, F> {
    key: &'k kernel::id::HashKey,
    hashes: HashMap<i64, String>,
    held: HashMap<String, Vec<Version<F>>>,
    fresh: BTreeSet<String>,
    pub(crate) new: Vec<(String, i64)>,
    /// New versions, by subject and effective day.
    said: BTreeMap<(String, Day), Version<F>>,
}

impl<'k, F: Facts + PartialEq> Side<'k, F> {
    pub(crate) fn new(known: Vec<(String, i64)>, key: &'k kernel::id::HashKey) -> Side<'k, F> {
        let mut side = Side {
            key,
            hashes: HashMap::new(),
            held: HashMap::new(),
            fresh: BTreeSet::new(),
            new: Vec::new(),
            said: BTreeMap::new(),
        };
        for (id, hash) in known {
            side.held.insert(id.clone(), Vec::new());
            side.hashes.insert(hash, id);
        }
        side
    }

    /// Takes in a version that is known already.
    pub(crate) fn hold(&mut self, id: &str, version: Version<F>) {
        if let Some(held) = self.held.get_mut(id) {
            held.push(version);
        }
    }

    /// The new versions.
    pub(crate) fn said(&mut self) -> Vec<(String, Version<F>)> {
        let said = std::mem::take(&mut self.said);
        said.into_iter().map(|((id, _), version)| (id, version)).collect()
    }

    /// Makes a subject known; refuses one whose hash is taken by another.
    fn meet(&mut self, id: &str, field: &'static str) -> Result<(), Refusal> {
        if self.held.contains_key(id) {
            return Ok(());
        }
        let hash = self.key.hash(&[id.as_bytes()]);
        if let Some(other) = self.hashes.get(&hash) {
            let message = format!("`{id}` has the same hash as `{other}`: it cannot be told apart");
            return Err(Refusal::new(RefusalCode::HashCollision, field, message));
        }
        self.hashes.insert(hash, id.to_owned());
        self.held.insert(id.to_owned(), Vec::new());
        self.fresh.insert(id.to_owned());
        self.new.push((id.to_owned(), hash));
        Ok(())
    }

    /// Notes facts, if they say something new.
    fn say(&mut self, id: &str, effective: Option<Day>, seq: i64, today: Day, facts: F) {
        let first = self.fresh.contains(id) || self.held.get(id).is_none_or(Vec::is_empty);
        let from_the_beginning = Day::from_epoch_days(0).unwrap_or(today);
        let effective = effective.unwrap_or(if first { from_the_beginning } else { today });
        let Some(held) = self.held.get_mut(id) else {
            return;
        };
        let version = Version { effective, recorded: seq, facts };
        let Some(version) = news(held, version) else {
            return;
        };
        // Two rows of one file and day are one version: the later row wins where it speaks.
        let key = |version: &Version<F>| (version.effective, version.recorded);
        match held.iter_mut().find(|other| key(other) == key(&version)) {
            Some(other) => {
                other.facts.fold(&version.facts);
                if let Some(said) = self.said.get_mut(&(id.to_owned(), effective)) {
                    said.facts.fold(&version.facts);
                }
            }
            None => {
                held.push(version.clone());
                held.sort_by_key(key);
                self.said.insert((id.to_owned(), effective), version);
            }
        }
    }
}

pub(crate) fn take(
    works: &mut Side<'_, WorkFacts>,
    creators: &mut Side<'_, CreatorFacts>,
    row: lake::intake::CatalogRow,
    seq: i64,
    today: Day,
    dated: &dyn Fn(Option<Day>) -> Option<Day>,
) -> Result<(), Refusal> {
    if let Some(creator) = row.creator {
        creators.meet(&creator.id, "creator")?;
        if creator.facts != CreatorFacts::default() {
            creators.say(&creator.id, dated(creator.effective), seq, today, creator.facts);
        }
    }
    if let Some(work) = row.work {
        if let Some(creator) = &work.facts.creator {
            creators.meet(creator, "creator")?;
        }
        works.meet(&work.id, "work")?;
        works.say(&work.id, dated(work.effective), seq, today, work.facts);
    }
    Ok(())
}

/// What a check of an import shows: the first rows as they would be read, and what is refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Check {
    /// The columns that are read, in order.
    pub columns: Vec<String>,
    /// The first rows: their line, and their values or why they are refused.
    pub rows: Vec<(u64, Result<String, String>)>,
    /// Rows of the whole input.
    pub counts: Counts,
    /// The first refused rows.
    pub refused: Vec<Refused>,
}

struct CheckSink<'a> {
    mapping: &'a Mapping,
    context: &'a Context<'a>,
    target: Target,
    shown: Vec<(u64, Result<String, String>)>,
    columns: metering::Columns,
}

impl RowSink for CheckSink<'_> {
    fn row(&mut self, line: u64, cells: &[Cell<'_>]) -> Result<(), Refusal> {
        let read = match self.target {
            Target::Events => {
                self.columns.clear();
                let columns = &mut self.columns;
                self.mapping.event(cells, self.context, |_| columns).map(|_| ())
            }
            Target::Catalog => self.mapping.catalog(cells).map(|_| ()),
        };
        if self.shown.len() < 10 {
            let shown = match &read {
                Ok(()) => Ok(self.show(cells)),
                Err(refusal) => Err(format!("{}: {}", refusal.code.code(), refusal.message)),
            };
            self.shown.push((line, shown));
        }
        read
    }
}

impl CheckSink<'_> {
    fn show(&self, cells: &[Cell<'_>]) -> String {
        match self.target {
            Target::Events => {
                let c = &self.columns;
                let word = |place: Option<&i32>| {
                    let code = place.copied().unwrap_or(0);
                    metering::Kind::WORDS
                        .iter()
                        .find(|(kind, _)| kind.code() == code)
                        .map_or("?", |(_, word)| word)
                };
                let int = |column: &[i32]| column.first().copied().unwrap_or(0);
                let time = c.time.first().copied().unwrap_or(0);
                let flags: Vec<&str> = metering::Kind::WORDS[1..]
                    .iter()
                    .enumerate()
                    .filter(|(bit, _)| int(&c.flags) >> bit & 1 == 1)
                    .map(|(_, (_, word))| *word)
                    .collect();
                format!(
                    "{} {} watched {} ms of {} source {} region {} carries [{}]",
                    kernel::Zone::utc().format(time),
                    word(c.kind.first()),
                    int(&c.watch_ms),
                    match int(&c.length_ms) {
                        metering::NO_LENGTH => "the catalog's length".to_owned(),
                        length => format!("{length} ms"),
                    },
                    if int(&c.source) == 0 { "organic" } else { "paid" },
                    match metering::region_text(int(&c.region)) {
                        region if region.is_empty() => "none".to_owned(),
                        region => region,
                    },
                    flags.join(" "),
                )
            }
            Target::Catalog => match self.mapping.catalog(cells) {
                Ok(row) => {
                    let work = row.work.map(|work| format!("work {} {:?}", work.id, work.facts));
                    let creator = row
                        .creator
                        .map(|creator| format!("creator {} {:?}", creator.id, creator.facts));
                    work.into_iter().chain(creator).collect::<Vec<_>>().join("; ")
                }
                Err(refusal) => refusal.message,
            },
        }
    }
}

/// Reads an input without importing it: the first rows as they would be, and what is refused.
///
/// # Errors
/// As [`events`] and [`catalog`].
pub fn check(
    stipend: &Stipend,
    request: &Request<'_>,
    target: Target,
    now_us: i64,
) -> Result<Check, Error> {
    let (mut input, format, mapping) = open(request, target)?;
    let context = Context { keys: &stipend.keys, now_us };
    let mut sinks = [CheckSink {
        mapping: &mapping,
        context: &context,
        target,
        shown: Vec::new(),
        columns: metering::Columns::default(),
    }];
    let (counts, mut refused) =
        read_rows(&mut input, format, &mapping, target, &mut sinks, &mut |_, _| Ok(()))?;
    let [sink] = sinks;
    refused.truncate(SHOWN);
    let rows = sink.shown;
    Ok(Check { columns: mapping.columns.clone(), rows, counts, refused })
}
