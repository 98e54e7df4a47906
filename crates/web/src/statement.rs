//! A statement of a wallet as a page that prints well.
use std::collections::BTreeMap;

use app::statement::{Line, Statement};
use kernel::day::instant;
use kernel::money::shown;

use crate::openapi::escape;

/// What a line is for, as people read it: `payout/17/paid` is "payout 17, paid".
fn what(line: &Line) -> String {
    if !line.program.is_empty() {
        return format!("{} of {}, {}", line.what, line.day, line.program);
    }
    match line.what.split('/').collect::<Vec<_>>().as_slice() {
        ["release", program, day, _] => format!("release of {day}, {program}"),
        ["recover", program, day, _] => format!("taken back for {day}, {program}"),
        ["payout", number, step] => format!("payout {number}, {step}"),
        ["hold", number, step] => format!("hold {number}, {step}"),
        ["reserve", _] => "reserve that ended".to_owned(),
        ["adjust", _] => "credit or debit by hand".to_owned(),
        ["dormant", ..] => "set aside: the wallet slept".to_owned(),
        ["claim", ..] => "claimed".to_owned(),
        _ => line.what.clone(),
    }
}

fn sums(title: &str, sums: &BTreeMap<String, i64>) -> String {
    let all: Vec<String> =
        sums.iter().map(|(code, units)| format!("{} {code}", shown(code, *units))).collect();
    let all = if all.is_empty() { "nothing".to_owned() } else { all.join(", ") };
    format!("<p>{title}: {all}</p>")
}

/// The page.
pub(crate) fn page(statement: &Statement) -> String {
    let style = include_str!("page.css");
    let mut rows = String::new();
    for line in &statement.lines {
        rows += &format!(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"amount\">{} {}</td><td \
             class=\"amount\">{}</td></tr>",
            instant(line.posted_us).get(..16).unwrap_or_default().replace('T', " "),
            escape(&what(line)),
            line.from,
            line.to,
            shown(&line.asset, line.amount),
            line.asset,
            shown(&line.asset, line.total)
        );
    }
    let creator = escape(&statement.creator);
    let day = |at: Option<i64>| at.map(|at| instant(at).chars().take(10).collect::<String>());
    let time = match (day(statement.from_us), day(statement.to_us)) {
        (Some(from), Some(to)) => format!("from {from} until before {to}"),
        _ => "from the beginning".to_owned(),
    };
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Statement of \
         {creator}</title><meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\"><style>{style} .amount {{ text-align: right; \
         font-variant-numeric: tabular-nums }} @media print {{ @page {{ size: A4; margin: \
         15mm }} thead {{ display: table-header-group }} tr {{ break-inside: avoid }} \
         }}</style></head><body><header><h1>Statement of {creator}</h1><p>{time}; times are \
         UTC</p>{}</header><main><table><thead><tr><th scope=\"col\">Posted</th><th \
         scope=\"col\">What</th><th scope=\"col\">From</th><th scope=\"col\">To</th><th \
         scope=\"col\" class=\"amount\">Amount</th><th scope=\"col\" class=\"amount\">Wallet\
         </th></tr></thead><tbody>{rows}</tbody></table>{}</main></body></html>",
        sums("Before", &statement.opening),
        sums("After", &statement.closing)
    )
}
