//! Events that come over the network: durable in the database when they are acknowledged, sealed
//! into segments of the lake a little later, in the transaction that forgets them here.
use std::collections::{BTreeMap, BTreeSet};

use lake::intake::{
    Cell, Context, Counts, Input, InputFormat, Mapping, Refusal, Refused, RowSink, Target,
    read_rows,
};
use lake::{Hours, Keys, Sealer};
use metering::Columns;
use store::{Db, ImportRow, StoreError};

use crate::audit;
use crate::error::Error;
use crate::failpoint;
use crate::import;
use crate::workspace::Stipend;

/// Events that are sealed in one go.
const SEALED_ROWS: i64 = 4_000_000;
/// Batches that are read from the database at a time.
const PAGE: i64 = 256;

/// Events of one request, read and ready to be stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// The events, packed.
    pub bytes: Vec<u8>,
    /// Hashes of their ids.
    pub ids: Vec<i64>,
    /// Creators whom they name.
    pub creators: BTreeSet<String>,
    /// Rows read, accepted, refused.
    pub counts: Counts,
    /// Refused rows, with why.
    pub refused: Vec<Refused>,
}

struct Sink<'a> {
    mapping: &'a Mapping,
    context: &'a Context<'a>,
    columns: Columns,
    creators: BTreeSet<String>,
}

impl RowSink for Sink<'_> {
    fn row(&mut self, _line: u64, cells: &[Cell<'_>]) -> Result<(), Refusal> {
        let columns = &mut self.columns;
        self.mapping.event(cells, self.context, |_| columns)?;
        if let Some(creator) = self.mapping.named_creator(cells)
            && !self.creators.contains(&creator)
        {
            self.creators.insert(creator);
        }
        Ok(())
    }
}

/// Reads events; nothing is stored yet.
///
/// # Errors
/// [`Error::Read`] when the text cannot be read at all.
pub fn read(
    keys: &Keys,
    mapping: &Mapping,
    format: InputFormat,
    body: Vec<u8>,
    now_us: i64,
) -> Result<Batch, Error> {
    let mut input = Input::of_bytes(body).map_err(Error::file("the request"))?;
    let context = Context { keys, now_us };
    let (columns, creators) = (Columns::default(), BTreeSet::new());
    let mut sinks = [Sink { mapping, context: &context, columns, creators }];
    let (counts, refused) =
        read_rows(&mut input, format, mapping, Target::Events, &mut sinks, &mut |_, _| Ok(()))?;
    let [mut sink] = sinks;
    let bytes = if sink.columns.is_empty() { Vec::new() } else { lake::pack(&mut sink.columns) };
    Ok(Batch { bytes, ids: sink.columns.id, creators: sink.creators, counts, refused })
}

/// Stores a batch, in the transaction of the command.
pub(crate) fn take(db: &mut Db, actor: &str, batch: &Batch, now_us: i64) -> Result<(), StoreError> {
    if batch.ids.is_empty() {
        return Ok(());
    }
    let events = i64::try_from(batch.ids.len()).unwrap_or(i64::MAX);
    let creators: Vec<&str> = batch.creators.iter().map(String::as_str).collect();
    db.add_intake(actor, (events, &batch.bytes), &creators.join("\n"), now_us)
}

/// What sealing did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sealed {
    /// Batches that are in the lake now.
    pub batches: u64,
    /// Their events.
    pub events: i64,
    /// Segments written.
    pub segments: usize,
}

/// Batches read for sealing.
#[derive(Default)]
struct Waiting {
    hours: Hours,
    creators: BTreeSet<String>,
    actors: BTreeMap<String, i64>,
    first: i64,
    last: i64,
    batches: u64,
    events: i64,
}

impl Waiting {
    fn take(&mut self, row: &store::IntakeRow) -> std::io::Result<()> {
        let mut columns = Columns::default();
        lake::unpack(&row.bytes, &mut columns)?;
        for event in 0..columns.len() {
            let into = self.hours.at(columns.time[event]);
            into.wide().into_iter().zip(columns.wide()).for_each(|(to, from)| to.push(from[event]));
            let narrow = into.narrow().into_iter().zip(columns.narrow());
            narrow.for_each(|(to, from)| to.push(from[event]));
        }
        let named = row.creators.lines().filter(|creator| !creator.is_empty());
        self.creators.extend(named.map(str::to_owned));
        *self.actors.entry(row.actor.clone()).or_default() += row.events;
        if self.batches == 0 {
            self.first = row.seq;
        }
        self.last = row.seq;
        self.batches += 1;
        self.events += row.events;
        Ok(())
    }
}

fn waiting(stipend: &mut Stipend) -> Result<Waiting, Error> {
    let mut waiting = Waiting::default();
    loop {
        let before = waiting.batches;
        let mut failed = None;
        stipend.db.each_intake(waiting.last, PAGE, &mut |row| {
            if failed.is_none() {
                failed = waiting.take(&row).err();
            }
        })?;
        if let Some(error) = failed {
            return Err(Error::file("the intake")(error));
        }
        if waiting.batches == before || waiting.events >= SEALED_ROWS {
            return Ok(waiting);
        }
    }
}

/// Seals all events that wait. Several processes may do it at once: each event is sealed once.
///
/// # Errors
/// When the database or the lake fails; then the events wait as before.
pub fn seal(stipend: &mut Stipend, now_us: i64) -> Result<Sealed, Error> {
    let mut sealed = Sealed::default();
    loop {
        let mut waiting = waiting(stipend)?;
        if waiting.batches == 0 {
            return Ok(sealed);
        }
        let import = lake::files::fresh_name().map_err(Error::file("/dev/urandom"))?;
        let lake = stipend.lake();
        let mut sealer = Sealer::new(&lake, &import);
        let hours = vec![waiting.hours.take()];
        if let Err(error) = sealer.seal(hours, stipend.threads) {
            sealer.discard();
            return Err(Error::file(&lake)(error));
        }
        let segments = sealer.finish().map_err(Error::file(&lake))?;
        failpoint::reach("seal:segments-written");
        let count = segments.len();
        let paths: Vec<std::path::PathBuf> =
            segments.iter().map(|segment| lake.join(&segment.path)).collect();
        if book(stipend, &import, &waiting, segments, now_us)? {
            failpoint::reach("seal:after-commit");
            sealed.batches += waiting.batches;
            sealed.events += waiting.events;
            sealed.segments += count;
        } else {
            // Another process sealed the same batches meanwhile; these files say nothing new.
            for path in paths {
                std::fs::remove_file(path).ok();
            }
        }
    }
}

/// Puts segments into the manifest and forgets their batches, in one transaction; `false` when
/// another process did that for some of them.
fn book(
    stipend: &mut Stipend,
    import: &str,
    waiting: &Waiting,
    segments: Vec<lake::SegmentInfo>,
    now_us: i64,
) -> Result<bool, Error> {
    let digest = lake::files::sha256(import.as_bytes());
    let row = ImportRow {
        seq: 0,
        source: "intake".to_owned(),
        read: waiting.events,
        accepted: waiting.events,
        refused: 0,
    };
    let (public, actor) = (stipend.keys.public.clone(), stipend.actor.clone());
    let booked = stipend.db.write(|db| {
        if db.forget_intake(waiting.first, waiting.last)? != waiting.batches {
            return Err(Booking::Taken);
        }
        let seq = db.add_import("events", &digest, &row, now_us)?;
        db.add_segments(seq, &import::manifest(segments))?;
        import::add_creators(db, &public, &waiting.creators)?;
        let from: Vec<String> =
            waiting.actors.iter().map(|(actor, events)| format!("{events} of {actor}")).collect();
        let entry = audit::Entry {
            actor: &actor,
            command: "events.seal",
            subject: &format!("import {seq}"),
            reason: &format!("events: {}", from.join(", ")),
            outcome: "done",
            request: &digest,
        };
        audit::note(db, &entry, now_us)?;
        failpoint::reach("seal:before-commit");
        Ok(())
    });
    match booked {
        Ok(()) => Ok(true),
        Err(Booking::Taken) => Ok(false),
        Err(Booking::Store(error)) => Err(error.into()),
    }
}

/// Why a transaction of sealing was rolled back.
enum Booking {
    /// Others have sealed some of the batches.
    Taken,
    Store(StoreError),
}

impl From<StoreError> for Booking {
    fn from(error: StoreError) -> Booking {
        Booking::Store(error)
    }
}
