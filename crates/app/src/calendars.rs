//! Business calendars: imported as data, used for what is promised in working days (N23, R46).
use kernel::Day;
use kernel::calendar::{Calendar, Mark, Weekend};
use serde_json::{Value, json};
use store::Db;

use crate::error::Error;

/// The operator's own closures: they count in every country.
pub const CLOSURES: &str = "closures";
/// Days that one calendar may mark.
const DAYS_MAX: usize = 20_000;

/// A calendar's rows: the day, what it is, and its name.
pub type Days = Vec<(Day, String, String)>;

fn mark(text: &str) -> Option<Mark> {
    match text.split_once(' ').unwrap_or((text, "")) {
        ("holiday", "") => Some(Mark::Holiday),
        ("workday", "") => Some(Mark::Workday),
        ("weekend", days) => Weekend::parse(days).map(Mark::Weekend),
        _ => None,
    }
}

/// Checks rows, and puts them in order.
///
/// # Errors
/// [`Error::Refused`] that names the row.
pub fn check(mut days: Days) -> Result<Days, Error> {
    if days.len() > DAYS_MAX {
        let message = format!("a calendar marks at most {DAYS_MAX} days");
        return Err(Error::Refused(message));
    }
    for (day, text, name) in &days {
        if mark(text).is_none() {
            return Err(Error::Refused(format!(
                "{day}: `{text}` is none of `holiday`, `workday`, `weekend Sat Sun`"
            )));
        }
        if name.chars().count() > 200 || name.chars().any(kernel::id::is_hidden) {
            let message = format!("{day}: a name has at most 200 characters, none of them hidden");
            return Err(Error::Refused(message));
        }
    }
    days.sort();
    days.dedup_by(|a, b| (a.0, &a.1) == (b.0, &b.1));
    Ok(days)
}

/// Checks a calendar's name: a country's code, a bank system's like `FIN:ECB`, or [`CLOSURES`].
///
/// # Errors
/// [`Error::Refused`].
pub fn check_name(name: &str) -> Result<(), Error> {
    // Days on which banks of a system work, like `FIN:ECB` for TARGET, are no country's.
    let bank = name.strip_prefix("FIN:").is_some_and(|code| {
        (2..=8).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_uppercase())
    });
    if name == CLOSURES || bank || kernel::country::is_country(name) {
        return Ok(());
    }
    let help = kernel::country::meant(name).map_or(String::new(), |code| format!(": `{code}`?"));
    let message = format!("`{name}` is neither a country's code nor `{CLOSURES}`{help}");
    Err(Error::Refused(message))
}

/// The working days that rows tell of.
#[must_use]
pub fn calendar_of(days: &Days) -> Calendar {
    let mut calendar = Calendar::default();
    for (day, text, _) in days {
        if let Some(mark) = mark(text) {
            calendar.mark(*day, mark);
        }
    }
    calendar
}

/// The working days of a country, less the operator's closures. Where nothing is known of the
/// country: Monday to Friday.
pub(crate) fn of(db: &mut Db, country: Option<&str>) -> Result<Calendar, Error> {
    let mut days = country.map_or(Ok(Days::new()), |country| db.calendar(country))?;
    days.extend(db.calendar(CLOSURES)?);
    Ok(calendar_of(&days))
}

/// The working days of a calendar's name; of none: Monday to Friday, less the operator's closures.
pub(crate) fn named(db: &mut Db, name: &str) -> Result<Calendar, Error> {
    of(db, Some(name).filter(|name| !name.is_empty()))
}

/// Reads a file of calendars: CSV `calendar,date,name[,mark]`, or the JSON that gov.uk publishes,
/// of which England and Wales is taken for GB. Gives each calendar with its days.
///
/// # Errors
/// [`Error::Refused`] that names the line.
pub fn read(text: &str) -> Result<Vec<(String, Days)>, Error> {
    if text.trim_start().starts_with('{') { read_gov_uk(text) } else { read_csv(text) }
}

fn read_csv(text: &str) -> Result<Vec<(String, Days)>, Error> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let refuse = |error: csv::Error| Error::Refused(format!("the calendar file: {error}"));
    let headers = reader.headers().map_err(refuse)?.clone();
    let column = |name: &str| headers.iter().position(|header| header.trim() == name);
    let (Some(calendar), Some(date)) = (column("calendar"), column("date")) else {
        let text = "a calendar file has the columns calendar, date, and perhaps name and mark";
        return Err(Error::Refused(text.to_owned()));
    };
    let (name, marked) = (column("name"), column("mark"));
    let mut all: std::collections::BTreeMap<String, Days> = std::collections::BTreeMap::new();
    for (place, row) in reader.records().enumerate() {
        let row = row.map_err(refuse)?;
        let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).unwrap_or("").trim();
        let day: Day = cell(Some(date)).parse().map_err(|error| {
            Error::Refused(format!("line {} of the calendar file: {error}", place + 2))
        })?;
        let mark = Some(cell(marked)).filter(|mark| !mark.is_empty()).unwrap_or("holiday");
        let row = (day, mark.to_owned(), cell(name).to_owned());
        all.entry(cell(Some(calendar)).to_owned()).or_default().push(row);
    }
    // What is neither a country nor a bank system is for other uses.
    all.retain(|name, _| check_name(name).is_ok());
    all.into_iter().map(|(name, days)| Ok((name, check(days)?))).collect()
}

fn read_gov_uk(text: &str) -> Result<Vec<(String, Days)>, Error> {
    let parsed: Value = serde_json::from_str(text)
        .map_err(|error| Error::Refused(format!("the calendar file is no JSON: {error}")))?;
    let events = parsed["england-and-wales"]["events"].as_array();
    let wrong = || Error::Refused("the JSON is not what gov.uk publishes".to_owned());
    let day = |event: &Value| -> Option<(Day, String, String)> {
        let day = event["date"].as_str()?.parse().ok()?;
        Some((day, "holiday".to_owned(), event["title"].as_str()?.to_owned()))
    };
    let days: Option<Days> = events.ok_or_else(wrong)?.iter().map(day).collect();
    Ok(vec![("GB".to_owned(), check(days.ok_or_else(wrong)?)?)])
}

/// A calendar as the API shows it.
#[must_use]
pub fn to_json(name: &str, days: &Days) -> Value {
    let shown = days.iter().map(|(day, mark, name)| {
        let day = day.to_string();
        json!({ "day": day, "mark": mark, "name": name })
    });
    json!({ "calendar": name, "days": shown.collect::<Vec<_>>() })
}

/// The `count`-th working day after a day in a country.
///
/// # Errors
/// [`Error::Refused`] where ten years have not so many.
pub fn working_day_after(
    db: &mut Db,
    country: Option<&str>,
    day: Day,
    count: u16,
) -> Result<Day, Error> {
    let found = of(db, country)?.working_day_after(day, count);
    found.ok_or_else(|| Error::Refused("the calendar has no working days".to_owned()))
}
