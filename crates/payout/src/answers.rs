//! What banks answer, in one form: pain.002, camt.053, camt.054, NACHA returns, sheets (N26, N35).
use kernel::Day;
use sepa::{CashEntry, CreditDebitIndicator, EntryStatus, ParseLimits, PaymentStatus};

/// What is said of a payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The bank took it.
    Accepted,
    /// It was paid.
    Paid,
    /// It was not paid.
    Failed,
    /// It came back.
    Returned,
    /// The account has other details from now on.
    Changed,
}

/// What is said of one payout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Our key, as it came back.
    pub key: String,
    /// What.
    pub what: What,
    /// Minor units, where they are said.
    pub amount: Option<i64>,
    /// The bank's own number.
    pub reference: String,
    /// The bank's reason code.
    pub reason: String,
}

/// Money on the account that is no payout's: fees, incoming money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// Minor units; below nought for what left.
    pub amount: i64,
    /// The bank's own number. Names of the other side are not kept: they are of persons.
    pub reference: String,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its kind, like `camt.053`.
    pub kind: &'static str,
    /// The IBANs that it is about; empty where it does not say.
    pub accounts: Vec<String>,
    /// A batch that is answered as a whole: its key.
    pub file: Option<String>,
    /// What is said of that batch; its orders without an answer of their own follow it.
    pub whole: Option<(What, String)>,
    /// What is said of payouts.
    pub answers: Vec<Answer>,
    /// Other movements.
    pub movements: Vec<Movement>,
    /// The account's closing balance: currency, minor units.
    pub closing: Option<(String, i64)>,
    /// The day of that balance.
    pub day: Option<Day>,
}

impl Report {
    pub(crate) fn of(kind: &'static str) -> Report {
        Report {
            kind,
            accounts: Vec::new(),
            file: None,
            whole: None,
            answers: Vec::new(),
            movements: Vec::new(),
            closing: None,
            day: None,
        }
    }
}

/// Why a report cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ReportError(pub String);

/// The largest report, in bytes: 100,000 entries and more.
pub const REPORT_BYTES_MAX: usize = 64 << 20;

fn limits() -> ParseLimits {
    ParseLimits {
        input_bytes: REPORT_BYTES_MAX,
        nodes: 8_000_000,
        total_text_bytes: REPORT_BYTES_MAX,
        total_attribute_bytes: REPORT_BYTES_MAX,
        ..Default::default()
    }
}

/// Reads a report of whatever kind.
///
/// # Errors
/// [`ReportError`] that says what it is not.
pub fn read(bytes: &[u8]) -> Result<Report, ReportError> {
    if bytes.len() > REPORT_BYTES_MAX {
        return Err(ReportError(
            "a report is at most 64 MiB: ask the bank for shorter ones".into(),
        ));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|_| ReportError("the report is not UTF-8 text".to_owned()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let head: String = text.chars().take(2_000).collect();
    if head.trim_start().starts_with('<') {
        if head.contains("pain.002.001") {
            return pain002(text);
        }
        if head.contains("camt.053.001") {
            return camt053(text);
        }
        if head.contains("camt.054.001") {
            return camt054(text);
        }
        let message = "the report is XML, but no pain.002, camt.053 or camt.054";
        return Err(ReportError(message.to_owned()));
    }
    if crate::nacha::is_nacha(text) {
        return crate::nacha::read(text);
    }
    crate::sheet::read(text)
}

fn unreadable(error: impl std::fmt::Display) -> ReportError {
    ReportError(format!("the report cannot be read: {error}"))
}

fn status(status: Option<&PaymentStatus>) -> Option<What> {
    match status? {
        PaymentStatus::Acsc => Some(What::Paid),
        PaymentStatus::Rjct => Some(What::Failed),
        other if other.is_accepted() => Some(What::Accepted),
        _ => None,
    }
}

/// Reasons that say that the bank has had it before: they say nothing of the first.
const REPEATED: [&str; 7] = ["DUPL", "AM05", "DU01", "DU02", "DU03", "DU04", "DU05"];

/// What a status says, unless it only refuses a repetition.
fn said(of: Option<&PaymentStatus>, reason: &str) -> Option<What> {
    status(of).filter(|what| *what != What::Failed || !REPEATED.contains(&reason))
}

fn pain002(text: &str) -> Result<Report, ReportError> {
    let document = sepa::pain002::parse_pain002_with_limits(text, limits()).map_err(unreadable)?;
    let mut report = Report::of("pain.002");
    let code =
        |codes: &[sepa::ReasonCode]| codes.first().map_or("", |code| code.as_code()).to_owned();
    report.file = Some(document.original_msg_id.clone());
    let reason = code(&document.group_reason_codes);
    report.whole = said(document.group_status.as_ref(), &reason).map(|what| (what, reason.clone()));
    if REPEATED.contains(&reason.as_str()) {
        return Ok(report);
    }
    for information in &document.payment_info_statuses {
        let reason = code(&information.reason_codes);
        if report.whole.is_none()
            && let Some(what) = said(information.status.as_ref(), &reason)
        {
            report.whole = Some((what, reason));
        }
        for transaction in &information.transactions {
            let reason = code(&transaction.reason_codes);
            let what = said(transaction.status.as_ref(), &reason);
            let (Some(key), Some(what)) = (&transaction.original_end_to_end_id, what) else {
                continue;
            };
            report.answers.push(Answer {
                key: key.clone(),
                what,
                amount: transaction.original_amount_ct,
                reference: String::new(),
                reason,
            });
        }
    }
    Ok(report)
}

fn camt053(text: &str) -> Result<Report, ReportError> {
    let document = sepa::camt053::parse_camt053_with_limits(text, limits()).map_err(unreadable)?;
    let mut report = Report::of("camt.053");
    for statement in &document.statements {
        report.accounts.extend(statement.account.iban.as_ref().map(ToString::to_string));
        if let Some(balance) = statement.closing_balance() {
            let currency = balance.amount.currency.as_ref().map(ToString::to_string);
            if let (Some(currency), Some(cents)) = (currency, balance.signed_ct()) {
                report.closing = Some((currency, cents));
                report.day = balance.date().and_then(|date| date.to_string().parse().ok());
            }
        }
        for entry in &statement.entries {
            read_entry(entry, &mut report)?;
        }
    }
    Ok(report)
}

fn camt054(text: &str) -> Result<Report, ReportError> {
    let document = sepa::camt054::parse_camt054_with_limits(text, limits()).map_err(unreadable)?;
    let mut report = Report::of("camt.054");
    for notification in &document.notifications {
        report.accounts.extend(notification.account.iban.as_ref().map(ToString::to_string));
        for entry in &notification.entries {
            read_entry(entry, &mut report)?;
        }
    }
    Ok(report)
}

/// One entry: its parts, if it has several that say whose they are, or itself.
fn read_entry(entry: &CashEntry, report: &mut Report) -> Result<(), ReportError> {
    if entry.status != EntryStatus::Booked {
        return Ok(());
    }
    let reference = entry.account_servicer_ref.clone().unwrap_or_default();
    let missing = || ReportError(format!("the entry `{reference}` has no amount"));
    let credit = entry.amount.direction == Some(CreditDebitIndicator::Credit);
    let whole = entry.signed_ct().ok_or_else(missing)?;
    let parts = entry.details.len();
    let mut seen = 0_i64;
    for detail in &entry.details {
        let amount = match detail.signed_ct() {
            Some(amount) => amount,
            None if parts == 1 => whole,
            None => return Err(missing()),
        };
        seen += amount;
        let returned = detail.return_reason_code.is_some() || entry.is_return();
        let key = detail.end_to_end_id.clone().filter(|key| key != "NOTPROVIDED");
        let reason = detail.return_reason_code.clone().unwrap_or_default();
        match key {
            Some(key) if !credit => report.answers.push(Answer {
                key,
                what: What::Paid,
                amount: Some(amount.abs()),
                reference: reference.clone(),
                reason,
            }),
            Some(key) if returned => report.answers.push(Answer {
                key,
                what: What::Returned,
                amount: Some(amount.abs()),
                reference: reference.clone(),
                reason,
            }),
            _ => report.movements.push(Movement { amount, reference: reference.clone() }),
        }
    }
    if parts == 0 {
        report.movements.push(Movement { amount: whole, reference });
    } else if seen != whole {
        return Err(ReportError(format!("the parts of the entry `{reference}` do not sum to it")));
    }
    Ok(())
}
