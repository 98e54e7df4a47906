//! Rates of exchange: imported once for each day, never changed (N6).
use std::collections::BTreeMap;

use kernel::Day;
use kernel::money::{format_decimal, parse_decimal};
use serde_json::{Value, json};
use store::Db;
use wallet::Terms;
use wallet::rates::{ECB_BASE, Known, RATE_DIGITS, Row, parse_ecb};

use crate::dispatch::Answer;
use crate::error::Error;
use crate::outbox;

/// The source of the ECB's file.
pub const ECB: &str = "ecb";

fn text(rate: i64) -> String {
    let text = format_decimal(rate, RATE_DIGITS);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn to_text(row: &Row) -> String {
    let row: BTreeMap<&str, String> =
        row.iter().map(|(code, rate)| (code.as_str(), text(*rate))).collect();
    json!(row).to_string()
}

fn of_text(text: &str) -> Row {
    let row: BTreeMap<String, String> = serde_json::from_str(text).unwrap_or_default();
    let rate =
        |(code, text): (String, String)| Some((code, parse_decimal(&text, RATE_DIGITS).ok()?));
    row.into_iter().filter_map(rate).collect()
}

/// Takes the ECB's file in. Days that are known stay as they are; a file that says something else
/// of one is refused whole, unless it is to correct them. What was quoted keeps the rate that it
/// was quoted at.
pub(crate) fn import(db: &mut Db, file: &str, correct: bool, now_us: i64) -> Result<Answer, Error> {
    let days = parse_ecb(file).map_err(|error| Error::Refused(error.to_string()))?;
    let (mut added, mut known, mut corrected) = (0, 0, 0);
    let today = kernel::Zone::utc().day_of(now_us);
    if let Some(day) = days.keys().find(|day| **day > today) {
        return Err(Error::Refused(format!("{day} is not over: its rates are not known yet")));
    }
    for (day, row) in &days {
        let row = to_text(row);
        match db.rates(ECB, *day)? {
            None => {
                db.add_rates(ECB, *day, &row, now_us)?;
                added += 1;
            }
            Some(before) if before == row => known += 1,
            Some(before) if correct => {
                db.correct_rates(ECB, *day, &row, now_us)?;
                let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
                let body = json!({ "source": ECB, "day": day.to_string(),
                                   "before": parsed(&before), "after": parsed(&row) });
                outbox::emit(db, "rates.corrected", &day.to_string(), &body, now_us)?;
                corrected += 1;
            }
            Some(_) => {
                let text = format!(
                    "the rates of {day} are known, and are others: nothing is taken; to put these \
                     in their place, say that they are corrected"
                );
                return Err(Error::Refused(text));
            }
        }
    }
    let range = |day: Option<(&Day, &Row)>| day.map(|(day, _)| day.to_string());
    Ok(Answer::new(
        200,
        &json!({ "source": ECB, "added": added, "known": known, "corrected": corrected,
                 "first": range(days.first_key_value()), "last": range(days.last_key_value()) }),
    ))
}

/// The rates that are known on a day, for terms that exchange.
///
/// # Errors
/// [`Error::Store`].
pub fn known(db: &mut Db, terms: &Terms, today: Day) -> Result<Known, Error> {
    let Some(exchange) = &terms.exchange else { return Ok(Known::default()) };
    let source = exchange.source.clone();
    let newest = db.newest_rates(&source, today)?;
    let (day, row) = match newest {
        Some((day, text)) => (Some(day), of_text(&text)),
        None => (None, Row::new()),
    };
    Ok(Known { source, base: ECB_BASE.to_owned(), day, row, ended: BTreeMap::new() })
}

/// Adds, of a currency that the newest rates do not have, the last day on which it had one.
pub(crate) fn look_back(
    db: &mut Db,
    known: &mut Known,
    today: Day,
    code: &str,
) -> Result<(), Error> {
    if known.source.is_empty() || known.row.contains_key(code) || code == known.base {
        return Ok(());
    }
    if let Some(day) = db.last_rate(&known.source, today, code)? {
        known.ended.insert(code.to_owned(), day);
    }
    Ok(())
}

/// Rates of days as the API shows them.
#[must_use]
pub fn to_json(source: &str, (day, rates): &(Day, String)) -> Value {
    let rates: Value = serde_json::from_str(rates).unwrap_or_default();
    json!({ "source": source, "day": day.to_string(), "base": ECB_BASE, "rates": rates })
}
