//! A sheet (CSV) of payouts for people or other systems, and their answers (R94: another approved
//! method).
use crate::answers::{Answer, Report, ReportError, What};
use crate::order::Batch;
use crate::pain001::FileError;

const FIELDS: [&str; 8] =
    ["iban", "bic", "bank", "bank_code", "account", "account_type", "token", "receiver"];

/// A cell that no spreadsheet takes for a formula.
#[must_use]
pub fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// The sheet.
///
/// # Errors
/// [`FileError`] when it cannot be written.
pub fn write(batch: &Batch) -> Result<String, FileError> {
    let whole = |error: csv::Error| FileError::Whole(error.to_string());
    let mut sheet = csv::Writer::from_writer(Vec::new());
    let head = ["key", "amount", "currency", "method", "country", "holder"];
    sheet.write_record(head.iter().chain(&FIELDS)).map_err(whole)?;
    for order in &batch.orders {
        let method = &order.method;
        let mut row = vec![
            order.key.clone(),
            batch.asset.format(order.net),
            batch.asset.code().to_owned(),
            method.kind.word().to_owned(),
            method.country.clone(),
            cell(&method.holder),
        ];
        row.extend(FIELDS.iter().map(|field| cell(method.field(field))));
        sheet.write_record(&row).map_err(whole)?;
    }
    let bytes = sheet.into_inner().map_err(|error| FileError::Whole(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| FileError::Whole(error.to_string()))
}

/// Reads answers: columns `key`, `state` (`paid`, `failed`, `returned`), `reference`, `reason`.
///
/// # Errors
/// [`ReportError`] with the line.
pub fn read(text: &str) -> Result<Report, ReportError> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let head = reader.headers().map_err(|error| ReportError(error.to_string()))?.clone();
    let place = |name: &str| head.iter().position(|known| known == name);
    let (Some(key), Some(state)) = (place("key"), place("state")) else {
        let message = "the first line names the columns key, state, reference, reason";
        return Err(ReportError(message.to_owned()));
    };
    let (reference, reason) = (place("reference"), place("reason"));
    let mut report = Report::of("sheet");
    for row in reader.records() {
        let row = row.map_err(|error| ReportError(error.to_string()))?;
        let line = row.position().map_or(0, csv::Position::line);
        let text = |place: Option<usize>| place.and_then(|place| row.get(place)).unwrap_or("");
        let what = match text(Some(state)) {
            "paid" => What::Paid,
            "failed" => What::Failed,
            "returned" => What::Returned,
            other => {
                let shown: String = other.chars().take(40).collect();
                let message = format!("line {line}: `{shown}` is not paid, failed or returned");
                return Err(ReportError(message));
            }
        };
        report.answers.push(Answer {
            key: text(Some(key)).to_owned(),
            what,
            amount: None,
            reference: text(reference).to_owned(),
            reason: text(reason).to_owned(),
        });
    }
    Ok(report)
}
