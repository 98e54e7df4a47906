//! Mapping files: how the columns of a foreign file become our fields, without code.
use std::collections::BTreeMap;

use kernel::Zone;
use kernel::id::HashKey;
use kernel::limits;
use metering::{Columns, Kind, NO_LENGTH, Source, region_code};
use serde::Deserialize;

use super::cell::Cell;
use super::reject::{Refusal, RefusalCode};
use super::time::{Unit, parse_instant};
use crate::Keys;

/// What is wrong with a mapping file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct MappingError {
    /// What is wrong.
    pub message: String,
    /// Where in the text, in bytes.
    pub span: Option<std::ops::Range<usize>>,
}

/// What rows are read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Events.
    Events,
    /// Works, creators and their facts.
    Catalog,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: i64,
    event: Option<BTreeMap<String, FieldText>>,
    work: Option<BTreeMap<String, FieldText>>,
    creator: Option<BTreeMap<String, FieldText>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a column name, a list of column names, or a table")]
enum FieldText {
    Column(String),
    Columns(Vec<String>),
    Spec(Box<FieldSpec>),
}

#[derive(Debug, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct FieldSpec {
    column: Option<String>,
    columns: Vec<String>,
    constant: Option<String>,
    values: Option<BTreeMap<String, String>>,
    otherwise: Option<String>,
    unit: Option<Unit>,
    zone: Option<String>,
    strptime: Option<String>,
    truthy: Option<Vec<String>>,
}

/// One field of ours: where it comes from and how it is read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Field {
    slots: Vec<usize>,
    constant: Option<String>,
    values: Option<BTreeMap<String, String>>,
    otherwise: Option<String>,
    unit: Option<Unit>,
    zone: Option<Zone>,
    strptime: Option<String>,
    truthy: Option<Vec<String>>,
    /// Whether the text means another: a constant, or a table of values.
    translated: bool,
}

/// Event fields by their place.
const EVENT_FIELDS: [&str; 16] = [
    "event_id",
    "time",
    "kind",
    "work",
    "viewer",
    "viewer_region",
    "device",
    "watch_ms",
    "source",
    "length_ms",
    "creator",
    "like",
    "favorite",
    "comment",
    "share",
    "follow",
];
pub(crate) const WORK_FIELDS: [&str; 17] = [
    "id",
    "effective",
    "creator",
    "kind",
    "published",
    "length_ms",
    "visibility",
    "review",
    "original",
    "infringing",
    "quality",
    "has_ads",
    "commercial_order",
    "selling",
    "paid_content",
    "selected",
    "deleted",
];
pub(crate) const CREATOR_FIELDS: [&str; 23] = [
    "id",
    "effective",
    "account",
    "account_type",
    "verification",
    "standing",
    "joined",
    "last_violation",
    "country",
    "age",
    "age_proof",
    "followers",
    "surface",
    "account_type_since",
    "violations",
    "category",
    "agency",
    "groups",
    "app_client",
    "app_version",
    "synced",
    "founded",
    "papers",
];

/// A compiled mapping.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// Foreign columns that are read, by slot.
    pub columns: Vec<String>,
    event: Vec<Option<Field>>,
    pub(crate) work: Option<Vec<Option<Field>>>,
    pub(crate) creator: Option<Vec<Option<Field>>>,
    /// What the mapping was made from.
    pub text: String,
}

/// What reading a row needs besides the row.
#[derive(Debug)]
pub struct Context<'a> {
    /// The hashing keys.
    pub keys: &'a Keys,
    /// Now, in microseconds since 1970 UTC: events further ahead than a day are refused.
    pub now_us: i64,
}

/// How far ahead of our clock an event may be: clocks differ, days do not.
const AHEAD_US: i64 = 24 * kernel::day::HOUR_US;

impl Mapping {
    /// The mapping of files that use our own names.
    #[must_use]
    pub fn own(target: Target, cloud_events: bool) -> Mapping {
        let names = |names: &[&str], skip: &[&str], prefix: &str| -> BTreeMap<String, FieldText> {
            names
                .iter()
                .filter(|name| !skip.contains(name))
                .map(|name| ((*name).to_owned(), FieldText::Column(format!("{prefix}{name}"))))
                .collect()
        };
        let document = match target {
            Target::Events if cloud_events => {
                let mut event = names(&EVENT_FIELDS, &[], "data.");
                let id = FieldText::Columns(vec!["source".to_owned(), "id".to_owned()]);
                event.insert("event_id".to_owned(), id);
                event.insert("time".to_owned(), FieldText::Column("time".to_owned()));
                Document { format: 1, event: Some(event), work: None, creator: None }
            }
            Target::Events => Document {
                format: 1,
                event: Some(names(&EVENT_FIELDS, &[], "")),
                work: None,
                creator: None,
            },
            Target::Catalog => {
                let own = |name: &str, key: &str| {
                    BTreeMap::from([(key.to_owned(), FieldText::Column(name.to_owned()))])
                };
                let mut work = names(&WORK_FIELDS, &["id", "deleted"], "");
                work.extend(own("work", "id"));
                let mut creator = names(&CREATOR_FIELDS, &["id"], "");
                creator.extend(own("creator", "id"));
                Document { format: 1, event: None, work: Some(work), creator: Some(creator) }
            }
        };
        Mapping::compile(document, "own names".to_owned())
            .unwrap_or_else(|_| unreachable!("the own names are fixed"))
    }

    /// Reads a mapping file.
    ///
    /// # Errors
    /// [`MappingError`] with its place in the text.
    pub fn parse(text: &str) -> Result<Mapping, MappingError> {
        if text.len() > limits::DOCUMENT_BYTES_MAX {
            return Err(MappingError { message: "a mapping is at most 1 MiB".into(), span: None });
        }
        let document: Document = toml::from_str(text).map_err(|error| MappingError {
            message: error.message().to_owned(),
            span: error.span(),
        })?;
        Mapping::compile(document, text.to_owned())
    }

    fn compile(document: Document, text: String) -> Result<Mapping, MappingError> {
        let error = |message: String| MappingError { message, span: None };
        if document.format != 1 {
            let message = format!("this stipend reads mapping format 1, not {}", document.format);
            return Err(error(message));
        }
        let mut columns = Vec::new();
        let mut fields = |section: Option<BTreeMap<String, FieldText>>, name, known: &[&str]| {
            let Some(section) = section else {
                return Ok(None);
            };
            let mut fields: Vec<Option<Field>> = vec![None; known.len()];
            for (key, value) in section {
                let Some(place) = known.iter().position(|known| *known == key) else {
                    let list = known.join(", ");
                    return Err(error(format!("[{name}] has no field `{key}`; it has: {list}")));
                };
                let field = compile_field(&key, value, &mut columns)
                    .map_err(|message| error(format!("[{name}] {key}: {message}")))?;
                fields[place] = Some(field);
            }
            Ok(Some(fields))
        };
        let event = fields(document.event, "event", &EVENT_FIELDS)?;
        let work = fields(document.work, "work", &WORK_FIELDS)?;
        let creator = fields(document.creator, "creator", &CREATOR_FIELDS)?;
        if event.is_none() && work.is_none() && creator.is_none() {
            return Err(error("a mapping has a section [event], [work] or [creator]".to_owned()));
        }
        if columns.len() > limits::COLUMNS_MAX {
            return Err(error("a mapping names too many columns".to_owned()));
        }
        Ok(Mapping { columns, event: event.unwrap_or_default(), work, creator, text })
    }

    /// Whether the mapping says how to read such rows.
    #[must_use]
    pub fn serves(&self, target: Target) -> bool {
        match target {
            Target::Events => !self.event.is_empty(),
            Target::Catalog => self.work.is_some() || self.creator.is_some(),
        }
    }

    /// Columns without which no row can be read; a header must have them.
    #[must_use]
    pub fn needed(&self, target: Target) -> Vec<&str> {
        let needed: Vec<&Field> = match target {
            Target::Events => [ID, TIME, WORK, VIEWER]
                .iter()
                .filter_map(|place| self.event.get(*place).and_then(Option::as_ref))
                .collect(),
            Target::Catalog => Vec::new(),
        };
        let slots = needed.iter().flat_map(|field| &field.slots);
        slots.filter_map(|slot| self.columns.get(*slot).map(String::as_str)).collect()
    }

    /// Turns a row into an event: calls `at` with its time for the columns to append to. Gives the
    /// time.
    ///
    /// # Errors
    /// [`Refusal`]; then nothing was appended.
    pub fn event<'c>(
        &self,
        cells: &[Cell<'_>],
        context: &Context<'_>,
        at: impl FnOnce(i64) -> &'c mut Columns,
    ) -> Result<i64, Refusal> {
        let row = Row { fields: &self.event, names: &EVENT_FIELDS, cells };
        let secret = &context.keys.secret;
        let time = row.instant(TIME)?.ok_or_else(|| row.missing(TIME))?;
        if time < 0 || time > context.now_us.saturating_add(AHEAD_US) {
            let message = format!("{} is before 1970 or ahead of the clock", row.show(TIME));
            return Err(Refusal::new(RefusalCode::TimeOutOfRange, "time", message));
        }
        let kind = match row.word(KIND, &Kind::WORDS)? {
            Some(kind) => kind,
            None => Kind::View,
        };
        let viewer = row.hash(VIEWER, secret)?.ok_or_else(|| row.missing(VIEWER))?;
        let work = row.hash(WORK, &context.keys.public)?.ok_or_else(|| row.missing(WORK))?;
        let id = row.joined_hash(ID, secret)?.ok_or_else(|| row.missing(ID))?;
        let device = row.hash(DEVICE, secret)?.unwrap_or(0);
        let creator = row.hash(CREATOR, &context.keys.public)?.unwrap_or(0);
        let sources = [(Source::Organic, "organic"), (Source::Paid, "paid")];
        let source = row.word(SOURCE, &sources)?.unwrap_or(Source::Organic);
        let region = row.region()?;
        let watch = row.milliseconds(WATCH)?.unwrap_or(0);
        let length = row.milliseconds(LENGTH)?.unwrap_or(NO_LENGTH);
        let mut flags = 0;
        for (bit, place) in FLAGS.enumerate() {
            flags |= i32::from(row.flag(place)? == Some(true)) << bit;
        }
        let into = at(time);
        into.id.push(id);
        into.viewer.push(viewer);
        into.work.push(work);
        into.time.push(time);
        into.device.push(device);
        into.creator.push(creator);
        into.kind.push(kind.code());
        into.source.push(source.code());
        into.flags.push(flags);
        into.region.push(region);
        into.watch_ms.push(watch);
        into.length_ms.push(length);
        Ok(time)
    }

    /// The creator's id that an event row names, if it names one.
    #[must_use]
    pub fn named_creator(&self, cells: &[Cell<'_>]) -> Option<String> {
        let row = Row { fields: &self.event, names: &EVENT_FIELDS, cells };
        match row.plain(CREATOR) {
            Some(text) => text.map(str::to_owned),
            None => row.text(CREATOR).ok().flatten().map(|id| id.into_owned()),
        }
    }

    /// Whether events name their creator.
    #[must_use]
    pub fn names_creators(&self) -> bool {
        self.event.get(CREATOR).is_some_and(Option::is_some)
    }
}

const ID: usize = 0;
const TIME: usize = 1;
const KIND: usize = 2;
const WORK: usize = 3;
const VIEWER: usize = 4;
const REGION: usize = 5;
const DEVICE: usize = 6;
const WATCH: usize = 7;
const SOURCE: usize = 8;
const LENGTH: usize = 9;
const CREATOR: usize = 10;
const FLAGS: std::ops::Range<usize> = 11..16;

/// Fields that are read as an instant or as milliseconds.
const MEASURED: [&str; 4] = ["time", "watch_ms", "length_ms", "published"];

fn compile_field(name: &str, text: FieldText, columns: &mut Vec<String>) -> Result<Field, String> {
    let several = match &text {
        FieldText::Column(_) => false,
        FieldText::Columns(columns) => columns.len() > 1,
        FieldText::Spec(spec) => spec.columns.len() > 1,
    };
    if several && name != "event_id" {
        return Err("only `event_id` may be made of several columns".to_owned());
    }
    let measured = MEASURED.contains(&name);
    let mut slot = |name: String| match columns.iter().position(|known| *known == name) {
        Some(place) => place,
        None => {
            columns.push(name);
            columns.len() - 1
        }
    };
    let spec = match text {
        FieldText::Column(name) => {
            return Ok(Field { slots: vec![slot(name)], ..Field::default() });
        }
        FieldText::Columns(names) if names.is_empty() => {
            return Err("the list of columns is empty".to_owned());
        }
        FieldText::Columns(names) => {
            let slots = names.into_iter().map(slot).collect();
            return Ok(Field { slots, ..Field::default() });
        }
        FieldText::Spec(spec) => *spec,
    };
    let sources = [spec.column.is_some(), !spec.columns.is_empty(), spec.constant.is_some()];
    if sources.iter().filter(|there| **there).count() != 1 {
        return Err("write one of `column`, `columns` and `constant`".to_owned());
    }
    if measured && (spec.constant.is_some() || spec.values.is_some()) {
        return Err("an instant or a duration takes no `constant` and no `values`".to_owned());
    }
    if !measured && (spec.unit.is_some() || spec.strptime.is_some() || spec.zone.is_some()) {
        return Err("only an instant or a duration takes `unit`, `zone`, `strptime`".to_owned());
    }
    let zone = spec.zone.map(|name| name.parse::<Zone>()).transpose();
    if spec.strptime.is_some() && !matches!(zone, Ok(Some(_))) {
        return Err("`strptime` needs the `zone` that its local times are in".to_owned());
    }
    Ok(Field {
        translated: spec.constant.is_some() || spec.values.is_some(),
        slots: spec.columns.into_iter().chain(spec.column).map(slot).collect(),
        constant: spec.constant,
        values: spec.values,
        otherwise: spec.otherwise,
        unit: spec.unit,
        zone: zone.map_err(|error| error.to_string())?,
        strptime: spec.strptime,
        truthy: spec.truthy,
    })
}

/// A row under a section of the mapping.
pub(crate) struct Row<'m, 'c> {
    pub(crate) fields: &'m [Option<Field>],
    pub(crate) names: &'static [&'static str],
    pub(crate) cells: &'c [Cell<'c>],
}

impl<'m: 'c, 'c> Row<'m, 'c> {
    fn field(&self, place: usize) -> Option<&'m Field> {
        self.fields.get(place).and_then(Option::as_ref)
    }

    fn first_cell(&self, field: &Field) -> &'c Cell<'c> {
        let slot = field.slots.first().copied().unwrap_or(usize::MAX);
        self.cells.get(slot).unwrap_or(&Cell::Missing)
    }

    fn show(&self, place: usize) -> String {
        self.field(place).map_or_else(|| "nothing".to_owned(), |f| self.first_cell(f).show())
    }

    pub(crate) fn missing(&self, place: usize) -> Refusal {
        let name = self.names[place];
        let message = match self.field(place) {
            None => format!("the mapping does not say where `{name}` comes from"),
            Some(field) => {
                let empty = field
                    .slots
                    .iter()
                    .all(|slot| matches!(self.cells.get(*slot), None | Some(Cell::Missing)));
                if empty {
                    format!("`{name}` is empty or not there")
                } else {
                    format!("a part of `{name}` is empty or not there")
                }
            }
        };
        Refusal::new(RefusalCode::MissingField, name, message)
    }

    fn wrong(&self, code: RefusalCode, place: usize, wanted: &str) -> Refusal {
        let message = format!("{} is not {wanted}", self.show(place));
        Refusal::new(code, self.names[place], message)
    }

    /// The field as text, after its table of values.
    pub(crate) fn text(&self, place: usize) -> Result<Option<std::borrow::Cow<'c, str>>, Refusal> {
        use std::borrow::Cow;
        let Some(field) = self.field(place) else {
            return Ok(None);
        };
        if let Some(constant) = &field.constant {
            return Ok(Some(Cow::Borrowed(constant)));
        }
        let text: Option<Cow<'c, str>> = match self.first_cell(field) {
            Cell::Missing => None,
            Cell::Text(text) => Some(Cow::Borrowed(text)),
            Cell::Int(value) | Cell::Instant(value) => Some(Cow::Owned(value.to_string())),
            Cell::Number(text) | Cell::Inexact(text) => Some(Cow::Borrowed(text)),
            Cell::Bool(value) => Some(Cow::Borrowed(if *value { "true" } else { "false" })),
            Cell::Nested => return Err(self.wrong(RefusalCode::Nested, place, "a value")),
        };
        let Some(values) = &field.values else {
            return Ok(text);
        };
        match text.as_deref().and_then(|text| values.get(text)) {
            Some(word) if word.is_empty() => Ok(None),
            Some(word) => Ok(Some(Cow::Borrowed(word))),
            None => match &field.otherwise {
                Some(word) if word.is_empty() => Ok(None),
                Some(word) => Ok(Some(Cow::Borrowed(word))),
                None if text.is_none() => Ok(None),
                None => Err(self.wrong(RefusalCode::BadWord, place, "in the mapping's values")),
            },
        }
    }

    /// The common cases of a field that is taken as it stands, quickly: nothing, or a text. `None`
    /// sends the caller the long way, through [`Row::text`].
    #[inline]
    fn plain(&self, place: usize) -> Option<Option<&'c str>> {
        let Some(field) = self.field(place) else {
            return Some(None);
        };
        match self.first_cell(field) {
            _ if field.translated => None,
            Cell::Missing => Some(None),
            Cell::Text(text) => Some(Some(text)),
            _ => None,
        }
    }

    /// The field as an id.
    pub(crate) fn id(&self, place: usize) -> Result<Option<std::borrow::Cow<'c, str>>, Refusal> {
        let Some(text) = self.text(place)? else {
            return Ok(None);
        };
        let cell = self.field(place).map(|field| self.first_cell(field));
        let whole = text.bytes().all(|byte| byte.is_ascii_digit());
        if matches!(cell, Some(Cell::Inexact(_)))
            || (matches!(cell, Some(Cell::Number(_))) && !whole)
        {
            return Err(self.wrong(RefusalCode::BadId, place, "an id: it is no whole number"));
        }
        match kernel::id::check(&text) {
            Ok(()) => Ok(Some(text)),
            Err(error) => {
                let message = format!("{}: {error}", self.show(place));
                Err(Refusal::new(RefusalCode::BadId, self.names[place], message))
            }
        }
    }

    /// The field as something that is written as text.
    pub(crate) fn parsed<T: std::str::FromStr<Err = String>>(
        &self,
        place: usize,
    ) -> Result<Option<T>, Refusal> {
        let Some(text) = self.text(place)? else { return Ok(None) };
        let refuse = |message| Refusal::new(RefusalCode::BadWord, self.names[place], message);
        text.parse().map(Some).map_err(refuse)
    }

    fn hash(&self, place: usize, key: &HashKey) -> Result<Option<i64>, Refusal> {
        match self.plain(place) {
            Some(None) => return Ok(None),
            Some(Some(text)) if kernel::id::check(text).is_ok() => {
                return Ok(Some(key.hash(&[text.as_bytes()])));
            }
            _ => {}
        }
        Ok(self.id(place)?.map(|id| key.hash(&[id.as_bytes()])))
    }

    /// The hash of a field that may be made of several columns.
    fn joined_hash(&self, place: usize, key: &HashKey) -> Result<Option<i64>, Refusal> {
        let Some(field) = self.field(place) else {
            return Ok(None);
        };
        if field.slots.len() < 2 {
            return self.hash(place, key);
        }
        let mut digits = itoa::Buffer::new();
        let mut text = Vec::with_capacity(64);
        for slot in &field.slots {
            match self.cells.get(*slot) {
                Some(Cell::Text(part)) => text.extend_from_slice(part.as_bytes()),
                Some(Cell::Number(part)) => text.extend_from_slice(part.as_bytes()),
                Some(Cell::Int(part) | Cell::Instant(part)) => {
                    text.extend_from_slice(digits.format(*part).as_bytes());
                }
                _ => return Ok(None),
            }
            text.push(0);
        }
        Ok(Some(key.hash(&[&text])))
    }

    /// The field as an instant.
    pub(crate) fn instant(&self, place: usize) -> Result<Option<i64>, Refusal> {
        let Some(field) = self.field(place) else {
            return Ok(None);
        };
        let wrong = |wanted| Err(self.wrong(RefusalCode::BadTime, place, wanted));
        match self.first_cell(field) {
            Cell::Missing => Ok(None),
            Cell::Instant(time) => Ok(Some(*time)),
            Cell::Int(value) => match field.unit.map(|unit| unit.to_us(*value)) {
                Some(Some(time)) => Ok(Some(time)),
                Some(None) => wrong("an instant: it is too large"),
                None => wrong("an instant: a number needs a `unit` in the mapping"),
            },
            Cell::Text(text) => match field.unit {
                Some(unit) => match kernel::money::parse_decimal(text, unit.digits()) {
                    Ok(value) if unit == Unit::Ns => Ok(Some(value.div_euclid(1_000))),
                    Ok(value) => Ok(Some(value)),
                    Err(_) => wrong("a number of the mapping's unit"),
                },
                None => {
                    let time = parse_instant(text, field.strptime.as_deref(), field.zone.as_ref());
                    time.map_or_else(
                        || wrong("an instant like `2026-11-22T08:30:00Z`"),
                        |t| Ok(Some(t)),
                    )
                }
            },
            Cell::Number(text) | Cell::Inexact(text) => match field.unit {
                Some(unit) => match kernel::money::parse_decimal(text, unit.digits()) {
                    Ok(value) if unit == Unit::Ns => Ok(Some(value.div_euclid(1_000))),
                    Ok(value) => Ok(Some(value)),
                    Err(_) => wrong("a number of the mapping's unit"),
                },
                None => wrong("an instant"),
            },
            Cell::Bool(_) | Cell::Nested => wrong("an instant"),
        }
    }

    /// The field as milliseconds, within what can be.
    pub(crate) fn milliseconds(&self, place: usize) -> Result<Option<i32>, Refusal> {
        let Some(field) = self.field(place) else {
            return Ok(None);
        };
        let unit = field.unit.unwrap_or(Unit::Ms);
        let text = match self.first_cell(field) {
            Cell::Missing => return Ok(None),
            Cell::Int(value) if unit == Unit::Ms => return self.checked_ms(place, *value),
            Cell::Text(text) if unit == Unit::Ms && text.len() < 10 => {
                let digits = text.bytes().all(|byte| byte.is_ascii_digit());
                if let (true, Ok(value)) = (digits, text.parse()) {
                    return self.checked_ms(place, value);
                }
                text.clone()
            }
            Cell::Int(value) => value.to_string().into(),
            Cell::Text(text) => std::borrow::Cow::Borrowed(text.as_ref()),
            Cell::Number(text) | Cell::Inexact(text) => std::borrow::Cow::Borrowed(text.as_str()),
            _ => return Err(self.wrong(RefusalCode::BadNumber, place, "a number")),
        };
        let text = cut_fraction(&text, unit.digits());
        let value = kernel::money::parse_decimal(text, unit.digits());
        match value {
            Ok(us) => {
                let us = if unit == Unit::Ns { us.div_euclid(1_000) } else { us };
                self.checked_ms(place, us.div_euclid(1_000))
            }
            Err(kernel::money::MoneyError::TooLarge(_)) => {
                Err(self.wrong(RefusalCode::NumberOutOfRange, place, "at most ten days"))
            }
            Err(_) => Err(self.wrong(RefusalCode::BadNumber, place, "a number")),
        }
    }

    fn checked_ms(&self, place: usize, value: i64) -> Result<Option<i32>, Refusal> {
        if !(0..=limits::WATCH_MS_MAX).contains(&value) {
            let wanted = "between nought and ten days";
            return Err(self.wrong(RefusalCode::NumberOutOfRange, place, wanted));
        }
        Ok(i32::try_from(value).ok())
    }

    /// The field as yes or no.
    pub(crate) fn flag(&self, place: usize) -> Result<Option<bool>, Refusal> {
        let Some(field) = self.field(place) else {
            return Ok(None);
        };
        match self.plain(place) {
            Some(None) => return Ok(None),
            Some(Some("true" | "1")) if field.truthy.is_none() => return Ok(Some(true)),
            Some(Some("false" | "0")) if field.truthy.is_none() => return Ok(Some(false)),
            _ => {}
        }
        if let (Some(truthy), None) = (&field.truthy, &field.values) {
            return Ok(self.text(place)?.map(|text| truthy.iter().any(|word| *word == text)));
        }
        match (self.first_cell(field), &field.values) {
            (Cell::Bool(value), None) => return Ok(Some(*value)),
            (Cell::Int(value @ (0 | 1)), None) => return Ok(Some(*value == 1)),
            (Cell::Missing, None) if field.constant.is_none() => return Ok(None),
            _ => {}
        }
        match self.text(place)?.as_deref() {
            None => Ok(None),
            Some("1" | "true" | "yes" | "t" | "y" | "True" | "TRUE") => Ok(Some(true)),
            Some("0" | "false" | "no" | "f" | "n" | "False" | "FALSE") => Ok(Some(false)),
            Some(_) => Err(self.wrong(RefusalCode::BadFlag, place, "yes or no (1 or 0)")),
        }
    }

    /// The field as one of a few words.
    fn word<W: Copy>(&self, place: usize, words: &[(W, &str)]) -> Result<Option<W>, Refusal> {
        match self.plain(place) {
            Some(None) => return Ok(None),
            Some(Some(text)) => {
                if let Some((value, _)) = words.iter().find(|(_, word)| *word == text) {
                    return Ok(Some(*value));
                }
            }
            None => {}
        }
        let Some(text) = self.text(place)? else {
            return Ok(None);
        };
        match words.iter().find(|(_, word)| *word == text) {
            Some((value, _)) => Ok(Some(*value)),
            None => {
                let list: Vec<&str> = words.iter().map(|(_, word)| *word).collect();
                let code = if place == KIND { RefusalCode::BadKind } else { RefusalCode::BadWord };
                Err(self.wrong(code, place, &format!("one of: {}", list.join(", "))))
            }
        }
    }

    /// The field as a word of the catalog.
    pub(crate) fn fact<W: catalog::Word>(&self, place: usize) -> Result<Option<W>, Refusal> {
        self.word(place, &W::WORDS.iter().map(|(v, w)| (*v, *w)).collect::<Vec<_>>())
    }

    /// The field as a whole number from nought to `most`.
    pub(crate) fn whole(&self, place: usize, most: i64) -> Result<Option<i64>, Refusal> {
        let Some(field) = self.field(place) else { return Ok(None) };
        // JSON knows one kind of number: 60.0 is 60.
        let plain = |text: &str| {
            let text = text.strip_suffix(".0").unwrap_or(text);
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            if digits { text.parse().ok() } else { None }
        };
        let value = match self.first_cell(field) {
            Cell::Missing => return Ok(None),
            Cell::Int(value) => Some(*value),
            Cell::Text(text) => plain(text),
            Cell::Number(text) | Cell::Inexact(text) => plain(text),
            _ => None,
        };
        match value.filter(|value| (0..=most).contains(value)) {
            Some(value) => Ok(Some(value)),
            None => {
                let wanted = format!("a whole number from 0 to {most}");
                Err(self.wrong(RefusalCode::BadNumber, place, &wanted))
            }
        }
    }

    /// The field as a country of two capitals.
    pub(crate) fn country(&self, place: usize) -> Result<Option<String>, Refusal> {
        let Some(text) = self.text(place)? else { return Ok(None) };
        if region_code(text.as_bytes()) == metering::REGION_NONE {
            let wanted = "a country of two capitals, like `FR`";
            return Err(self.wrong(RefusalCode::BadRegion, place, wanted));
        }
        Ok(Some(text.into_owned()))
    }

    fn region(&self) -> Result<i32, Refusal> {
        if let Some(None) = self.plain(REGION) {
            return Ok(metering::REGION_NONE);
        }
        let Some(text) = self.text(REGION)? else {
            return Ok(metering::REGION_NONE);
        };
        match region_code(text.as_bytes()) {
            metering::REGION_NONE => {
                let wanted = "a region of two capitals, like `FR`";
                Err(self.wrong(RefusalCode::BadRegion, REGION, wanted))
            }
            code => Ok(code),
        }
    }

    /// The field as a day.
    pub(crate) fn day(&self, place: usize) -> Result<Option<kernel::Day>, Refusal> {
        if let Some(Cell::Instant(time)) = self.field(place).map(|field| self.first_cell(field)) {
            return Ok(Some(Zone::utc().day_of(*time)));
        }
        let Some(text) = self.text(place)? else {
            return Ok(None);
        };
        let wrong = || self.wrong(RefusalCode::BadDay, place, "a day like `2026-11-22`");
        text.parse().map(Some).map_err(|_| wrong())
    }
}

/// A decimal text without the digits that are finer than needed.
fn cut_fraction(text: &str, digits: u32) -> &str {
    match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|b| b.is_ascii_digit()) => {
            let keep = fraction.len().min(digits as usize);
            if keep == 0 && !fraction.is_empty() {
                whole
            } else {
                text.get(..whole.len() + 1 + keep).unwrap_or(text)
            }
        }
        _ => text,
    }
}
