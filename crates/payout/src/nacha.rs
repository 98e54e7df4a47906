//! NACHA files: lines of 94 characters, in blocks of ten. One batch of credits to people (PPD,
//! service class 220). Returns and notices of change are read from the banks' own files.
use std::fmt::Write;

use sepa::Transliteration;

use crate::answers::{Answer, Report, ReportError, What};
use crate::order::{Batch, Order};
use crate::pain001::{FileError, cents, of_order, plain_name};

const WIDTH: usize = 94;
/// Lines of a block.
const BLOCK: usize = 10;
/// Entries that a file holds: six digits.
const ENTRIES_MAX: usize = 999_999;

/// A text of exactly `width` characters: cut, or filled with blanks.
fn left(text: &str, width: usize) -> String {
    let text = sepa::transliterate(text, Transliteration::Epc).to_ascii_uppercase();
    format!("{:<width$}", text.chars().take(width).collect::<String>())
}

/// A number of exactly `width` digits.
fn number(value: i64, width: usize) -> Result<String, FileError> {
    let text = format!("{value:0>width$}");
    if value < 0 || text.len() != width {
        return Err(FileError::Whole(format!("{value} does not fit {width} digits")));
    }
    Ok(text)
}

/// `YYMMDD`.
fn date(day: kernel::Day) -> String {
    let text = day.to_string().replace('-', "");
    text.get(2..).unwrap_or_default().to_owned()
}

/// The file, in lines that end with a line feed.
///
/// # Errors
/// [`FileError`] naming the payout that cannot be written.
pub fn write(batch: &Batch) -> Result<String, FileError> {
    let account = &batch.account;
    if batch.orders.len() > ENTRIES_MAX {
        return Err(FileError::Whole(format!("a file has at most {ENTRIES_MAX} entries")));
    }
    let routing = account.routing.as_str();
    let odfi = routing.get(..8).unwrap_or_default();
    let stamp = kernel::day::instant(batch.created_us);
    let created = stamp.get(2..10).unwrap_or_default().replace('-', "");
    let time = stamp.get(11..16).unwrap_or_default().replace(':', "");
    // Files of one day are told apart by a letter or digit.
    let modifiers = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let place = usize::try_from(batch.number.rem_euclid(36)).unwrap_or(0);
    let modifier = char::from(modifiers.get(place).copied().unwrap_or(b'A'));
    let company = left(&account.company, 10);
    let mut text = String::with_capacity((batch.orders.len() + 12) * (WIDTH + 1));
    let bank = left(&account.bank, 23);
    let holder = left(&account.holder, 23);
    let reference = left(&batch.key, 8);
    line(
        &mut text,
        &format!("101 {routing}{company}{created}{time}{modifier}094101{bank}{holder}{reference}"),
    )?;
    let effective = date(batch.executed);
    let name = left(&account.holder, 16);
    let data = left(&batch.key, 20);
    line(
        &mut text,
        &format!(
            "5220{name}{data}{company}PPD{}{created}{effective}   1{odfi}0000001",
            left("PAYOUT", 10)
        ),
    )?;
    let (mut hash, mut total) = (0_i64, 0_i64);
    for (order, place) in batch.orders.iter().zip(1_i64..) {
        let (entry, bank, cents) = entry(order, odfi, place)?;
        line(&mut text, &entry)?;
        hash += bank;
        total += cents;
    }
    let count = i64::try_from(batch.orders.len()).unwrap_or(i64::MAX);
    let hash = number(hash % 10_000_000_000, 10)?;
    let (count6, count8) = (number(count, 6)?, number(count, 8)?);
    let (none, total) = (number(0, 12)?, number(total, 12)?);
    line(
        &mut text,
        &format!("8220{count6}{hash}{none}{total}{company}{}{odfi}0000001", " ".repeat(25)),
    )?;
    let lines = batch.orders.len() + 4;
    let blocks = i64::try_from(lines.div_ceil(BLOCK)).unwrap_or(i64::MAX);
    let blocks = number(blocks, 6)?;
    line(&mut text, &format!("9000001{blocks}{count8}{hash}{none}{total}{}", " ".repeat(39)))?;
    for _ in lines..lines.div_ceil(BLOCK) * BLOCK {
        line(&mut text, &"9".repeat(WIDTH))?;
    }
    Ok(text)
}

fn line(text: &mut String, line: &str) -> Result<(), FileError> {
    if line.len() != WIDTH || !line.is_ascii() {
        return Err(FileError::Whole(format!("a line has {} characters", line.len())));
    }
    writeln!(text, "{line}").map_err(|error| FileError::Whole(error.to_string()))
}

/// One entry, its bank's number for the hash, and its cents.
fn entry(order: &Order, odfi: &str, place: i64) -> Result<(String, i64, i64), FileError> {
    let method = &order.method;
    if method.country != "US" {
        return Err(of_order(order, "the account is not in the United States"));
    }
    let routing = method.field("bank_code");
    if !wallet::method::is_routing(routing) {
        return Err(of_order(order, "the routing number does not check"));
    }
    let code = if method.field("account_type") == "savings" { "32" } else { "22" };
    let cents = cents(order)?;
    let name = plain_name(order, 22)?.to_ascii_uppercase();
    let bank = routing.get(..8).unwrap_or_default().parse().unwrap_or(0);
    let entry = format!(
        "6{code}{routing}{:<17}{}{:<15}{name:<22}  0{odfi}{}",
        method.field("account"),
        number(cents, 10).map_err(|error| of_order(order, error))?,
        order.key,
        number(place, 7)?
    );
    Ok((entry, bank, cents))
}

/// Whether a text looks like a NACHA file.
#[must_use]
pub fn is_nacha(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    first.starts_with("101") && first.trim_end_matches('\r').len() == WIDTH
}

/// Reads a file of returns (addenda 99) and notices of change (addenda 98).
///
/// # Errors
/// [`ReportError`] with the line: lines of another length, entries without addenda, totals that do
/// not agree.
pub fn read(text: &str) -> Result<Report, ReportError> {
    let wrong =
        |number: usize, message: &str| ReportError(format!("line {}: {message}", number + 1));
    let mut report = Report::of("nacha.return");
    let mut entry: Option<(String, i64)> = None;
    let (mut sum, mut entries) = (0_i64, 0_i64);
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_end_matches('\r');
        if line.is_empty() {
            continue;
        }
        if line.len() != WIDTH || !line.is_ascii() {
            return Err(wrong(number, "is not of 94 plain characters"));
        }
        let part = |from: usize, to: usize| line.get(from..to).unwrap_or_default();
        match part(0, 1) {
            "6" => {
                let cents = part(29, 39).parse::<i64>();
                let cents = cents.map_err(|_| wrong(number, "has no amount"))?;
                let key = part(39, 54).trim().to_owned();
                sum = sum.checked_add(cents).ok_or_else(|| wrong(number, "is too much"))?;
                entries += 1;
                entry = Some((key, cents));
            }
            "7" => {
                let code = part(3, 6).to_owned();
                let reference = part(79, 94).trim().to_owned();
                let (key, cents) = entry.take().ok_or_else(|| wrong(number, "has no entry"))?;
                entries += 1;
                let what = match part(1, 3) {
                    "99" => What::Returned,
                    "98" => What::Changed,
                    _ => return Err(wrong(number, "is no return and no notice of change")),
                };
                let amount = (what == What::Returned).then_some(cents);
                report.answers.push(Answer { key, what, amount, reference, reason: code });
            }
            "9" if part(0, 94) == "9".repeat(WIDTH) => {}
            "9" => {
                let said = |from: usize, to: usize| part(from, to).parse::<i64>().unwrap_or(-1);
                let (debits, credits) = (said(31, 43), said(43, 55));
                if said(13, 21) != entries || debits + credits != sum {
                    return Err(wrong(number, "has totals that are not those of its entries"));
                }
            }
            "1" | "5" | "8" => {}
            _ => return Err(wrong(number, "is of no kind that is known")),
        }
    }
    Ok(report)
}
