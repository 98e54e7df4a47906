//! Explanations of earnings: reasons, what days were made of, why one time brought more.
use app::diagnosis::{self, Question};
use app::{Error, Stipend, trends, works};
use serde_json::Value;

use crate::args::Explain;
use crate::commands::Call;
use crate::talk::say;

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A ratio in millionths as a percentage with one place.
fn percent(value: &Value) -> String {
    let Some(ppm) = value.as_i64() else { return "-".to_owned() };
    format!("{}.{} %", ppm / 10_000, ppm % 10_000 / 1_000)
}

fn day(body: &Value) {
    let last = if body["final"].is_null() { &body["estimate"] } else { &body["final"] };
    let of = if body["final"].is_null() { " (estimate)" } else { "" };
    say(&format!(
        "{}  {:>10}{of}  views {}, likes {}, favorites {}, viewer value {}, quality {}, share {}",
        text(&body["day"]),
        text(&last["paid"]),
        last["qualified_views"],
        last["likes"],
        last["favorites"],
        percent(&last["viewer_value_ppm"]),
        percent(&last["quality_ppm"]),
        percent(&last["share_ppm"]),
    ));
    for (name, what) in [("corrected", "corrections"), ("backpay", "back-pay")] {
        let amount = text(&body[name]);
        if amount.chars().any(|c| ('1'..='9').contains(&c)) {
            say(&format!("            {amount} by {what}"));
        }
    }
}

fn ranking(body: &Value) {
    let currency = text(&body["currency"]);
    say(&format!(
        "{} works of {} brought {} {currency}, {} on average",
        body["works"],
        text(&body["creator"]),
        text(&body["total"]),
        text(&body["average"]),
    ));
    for work in body["items"].as_array().into_iter().flatten() {
        say(&format!(
            "{:>4}  {}: {} {currency}, {} qualified views",
            work["rank"],
            text(&work["work"]),
            text(&work["amount"]),
            work["qualified_views"],
        ));
        let parts = work["parts"].as_array().into_iter().flatten();
        let parts: Vec<String> = parts
            .map(|part| format!("{} {}", text(&part["amount"]), text(&part["text"])))
            .collect();
        let why = if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") };
        say(&format!("      {} against the average: {why}", text(&work["against_average"])));
    }
}

/// Explains earnings.
pub(crate) fn explain(call: &Call, stipend: &mut Stipend, what: &Explain) -> Result<(), Error> {
    let body = match what {
        Explain::Earnings { id, day, program, work, language } => {
            let question = Question {
                program: program.program.as_deref(),
                creator: id,
                day: *day,
                work: work.as_deref(),
                language: bus::language(language),
                shown_us: None,
            };
            diagnosis::diagnose(stipend, &question)?
        }
        Explain::Trends { id, from, through, program } => {
            let program = program.program.as_deref();
            serde_json::json!(trends::trends(stipend, program, id, (*from, *through), None)?)
        }
        Explain::Works { id, from, through, limit, program, language } => {
            let question = works::Question {
                program: program.program.as_deref(),
                creator: id,
                between: (*from, *through),
                language: bus::language(language),
                shown_us: None,
                limit: *limit,
            };
            works::ranking(stipend, &question)?
        }
        Explain::Change { id, from, through, before_from, before_through, program, language } => {
            let span = through.epoch_days() - from.epoch_days() + 1;
            let before = before_from.unwrap_or(from.plus(-span));
            let before = (before, before_through.unwrap_or(from.plus(-1)));
            let (program, after) = (program.program.as_deref(), (*from, *through));
            let language = bus::language(language);
            trends::change(stipend, program, id, (before, after), language, None)?
        }
        _ => return Err(Error::Refused("this is explained elsewhere".to_owned())),
    };
    if call.json {
        say(&body.to_string());
        return Ok(());
    }
    match what {
        Explain::Earnings { language, .. } => {
            crate::talk::write(&diagnosis::to_text(&body, bus::language(language)));
        }
        Explain::Trends { .. } => {
            body["days"].as_array().into_iter().flatten().for_each(day);
            say(&format!("total {} {}", text(&body["total"]), text(&body["currency"])));
        }
        Explain::Works { .. } => ranking(&body),
        _ => {
            for name in ["before", "after"] {
                let time = &body[name];
                say(&format!(
                    "{name}: {} through {}: {} {}, {} qualified views",
                    text(&time["from"]),
                    text(&time["through"]),
                    text(&time["total"]),
                    text(&body["currency"]),
                    time["qualified_views"]
                ));
            }
            say(&format!("difference: {}", text(&body["difference"])));
            for part in body["parts"].as_array().into_iter().flatten() {
                say(&format!("  {:>12}  {}", text(&part["amount"]), text(&part["text"])));
            }
        }
    }
    Ok(())
}
