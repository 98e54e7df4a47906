//! Catalog rows: works, creators and what is said of them.
use catalog::{CreatorFacts, WorkFacts};
use kernel::Day;

use super::cell::Cell;
use super::mapping::{CREATOR_FIELDS, Mapping, Row, WORK_FIELDS};
use super::reject::Refusal;

/// What a row says of a work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkRow {
    /// The work.
    pub id: String,
    /// From when on, if said.
    pub effective: Option<Day>,
    /// What.
    pub facts: WorkFacts,
}

/// What a row says of a creator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatorRow {
    /// The creator.
    pub id: String,
    /// From when on, if said.
    pub effective: Option<Day>,
    /// What.
    pub facts: CreatorFacts,
}

/// What a row says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CatalogRow {
    /// Of a work.
    pub work: Option<WorkRow>,
    /// Of a creator.
    pub creator: Option<CreatorRow>,
}

impl Mapping {
    /// Turns a row into facts.
    ///
    /// # Errors
    /// [`Refusal`] when a field is wrong, or when the row names neither a work nor a creator.
    pub fn catalog(&self, cells: &[Cell<'_>]) -> Result<CatalogRow, Refusal> {
        let work = match &self.work {
            Some(fields) => work(&Row { fields, names: &WORK_FIELDS, cells })?,
            None => None,
        };
        let creator = match &self.creator {
            Some(fields) => creator(&Row { fields, names: &CREATOR_FIELDS, cells })?,
            None => None,
        };
        if work.is_none() && creator.is_none() {
            let fields = self.work.as_ref().or(self.creator.as_ref());
            let fields = fields.map_or(&[][..], Vec::as_slice);
            return Err(Row { fields, names: &WORK_FIELDS, cells }.missing(0));
        }
        Ok(CatalogRow { work, creator })
    }
}

/// A version of an app: numbers with points between.
struct AppVersion(String);

impl std::str::FromStr for AppVersion {
    type Err = String;
    fn from_str(text: &str) -> Result<AppVersion, String> {
        let number = |part: &str| !part.is_empty() && part.parse::<u32>().is_ok();
        if text.split('.').count() <= 4 && text.split('.').all(number) {
            return Ok(AppVersion(text.to_owned()));
        }
        Err(format!("`{text}` is no version: write it like `30.2.1`"))
    }
}

/// Years and followers beyond which a number is a mistake.
const AGE_MAX: i64 = 150;
const FOLLOWERS_MAX: i64 = 10_000_000_000;

fn work(row: &Row<'_, '_>) -> Result<Option<WorkRow>, Refusal> {
    let Some(id) = row.id(0)? else {
        return Ok(None);
    };
    let deleted = row.flag(16)?;
    let visibility = match deleted {
        Some(true) => Some(catalog::Visibility::Deleted),
        _ => row.fact(6)?,
    };
    let facts = WorkFacts {
        creator: row.id(2)?.map(|id| id.into_owned()),
        kind: row.text(3)?.map(|kind| kind.into_owned()),
        published_us: row.instant(4)?,
        length_ms: row.milliseconds(5)?.map(i64::from),
        visibility,
        review: row.fact(7)?,
        original: row.flag(8)?,
        infringing: row.flag(9)?,
        quality: row.text(10)?.map(|grade| grade.into_owned()),
        has_ads: row.flag(11)?,
        commercial_order: row.flag(12)?,
        selling: row.flag(13)?,
        paid_content: row.flag(14)?,
        selected: row.flag(15)?,
    };
    Ok(Some(WorkRow { id: id.into_owned(), effective: row.day(1)?, facts }))
}

fn creator(row: &Row<'_, '_>) -> Result<Option<CreatorRow>, Refusal> {
    let Some(id) = row.id(0)? else {
        return Ok(None);
    };
    let text = |place| Ok::<_, Refusal>(row.text(place)?.map(|text| text.into_owned()));
    let facts = CreatorFacts {
        account: row.id(2)?.map(|id| id.into_owned()),
        account_type: row.fact(3)?,
        verification: row.fact(4)?,
        standing: row.fact(5)?,
        joined: row.day(6)?,
        last_violation: row.day(7)?,
        country: row.country(8)?,
        age: row.whole(9, AGE_MAX)?,
        age_proof: row.fact(10)?,
        followers: row.whole(11, FOLLOWERS_MAX)?,
        surface: text(12)?,
        account_type_since: row.day(13)?,
        violations: row.parsed(14)?,
        category: text(15)?,
        agency: row.id(16)?.map(|id| id.into_owned()),
        groups: text(17)?,
        app_client: text(18)?,
        app_version: row.parsed::<AppVersion>(19)?.map(|version| version.0),
        synced: row.day(20)?,
        founded: row.day(21)?,
        papers: row.flag(22)?,
    };
    Ok(Some(CreatorRow { id: id.into_owned(), effective: row.day(1)?, facts }))
}
