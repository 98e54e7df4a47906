//! Why a creator, or a work of his, earned nothing on a day, or less than he thinks: every reason
//! that applies, the account's first, then the work's, then the events', then the money's; each
//! with since when, who can change it, how, and from when on it would count again (R76, R77, R81).
use kernel::{Asset, Day, Reason};
use lake::{Selected, Table};
use metering::Verdict;
use program::Policy;
use serde_json::{Value, json};
use store::RunRow;

use crate::contested::{Held, Known, held, with_membership};
use crate::copyright;
use crate::error::Error;
use crate::programs;
use crate::records;
use crate::workspace::Stipend;

/// Works that one diagnosis names: those with most events first.
const WORKS_MAX: usize = 50;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// The program; may be left out where there is only one.
    pub program: Option<&'a str>,
    /// Who asks.
    pub creator: &'a str,
    /// The day; the last settled one if left out.
    pub day: Option<Day>,
    /// One work of his.
    pub work: Option<&'a str>,
    /// The language of texts.
    pub language: &'a str,
    /// Days that are shown later look as if they were not settled, as to their creator.
    pub shown_us: Option<i64>,
}

/// A day that is diagnosed.
struct Asked {
    program: String,
    policy: Policy,
    day: Day,
    run: Option<RunRow>,
}

fn find(stipend: &mut Stipend, question: &Question<'_>) -> Result<Asked, Error> {
    let versions = programs::versions(stipend, question.program)?;
    let missing = || Error::Missing("the program has no version".to_owned());
    let newest = versions.last().ok_or_else(missing)?;
    let program = newest.row.program.clone();
    let mut runs = match question.day {
        Some(day) => stipend.db.runs_between(&program, (day, day))?,
        None => stipend.db.runs(&program)?,
    };
    runs.retain(|run| question.shown_us.is_none_or(|now_us| run.publish_us <= now_us));
    let last = runs.last().map(|run| run.day);
    let none = || Error::Missing(format!("{program} has settled nothing yet that is shown"));
    let day = question.day.or(last).ok_or_else(none)?;
    let run = runs.into_iter().rfind(|run| run.day == day);
    let version = match &run {
        Some(run) => versions.iter().find(|one| one.row.version == run.policy_version),
        None => versions.iter().rev().find(|one| one.policy.effective <= day),
    };
    let version = version.ok_or_else(|| Error::Missing(format!("{program} began after {day}")))?;
    Ok(Asked { program, policy: version.policy.clone(), day, run })
}

/// Diagnoses a creator's day.
///
/// # Errors
/// [`Error::Missing`] without such a creator, program or work of his.
pub fn diagnose(stipend: &mut Stipend, question: &Question<'_>) -> Result<Value, Error> {
    crate::wallet::known(&mut stipend.db, question.creator)?;
    let asked = find(stipend, question)?;
    let (policy, day, language) = (&asked.policy, asked.day, question.language);
    let mut account = Known::of_creator(&mut stipend.db, question.creator)?;
    let db = &mut stipend.db;
    account.creator = with_membership(db, policy, question.creator, day, account.creator)?;
    let against: Vec<Held> = held(policy, &account.work, &account.creator, day)
        .into_iter()
        .filter(|one| one.of_account)
        .collect();
    let claims = copyright::against(&mut stipend.db, question.creator, day, language)?;
    let mut works = Vec::new();
    if let Some(run) = &asked.run {
        let path = stipend.lake().join(&run.work_days_path);
        let rows = of_creator(Selected::of(&path, "creator", question.creator)?, question)?;
        let mut columns = vec!["work", "accepted"];
        columns.extend(Verdict::ALL.map(records::column_of));
        let table = rows.read(&columns)?;
        let mut order: Vec<usize> = (0..table.rows()).collect();
        let accepted = table.ints("accepted")?;
        order.sort_by_key(|row| std::cmp::Reverse(accepted[*row]));
        for row in order {
            works.push(of_work(stipend, &asked, &account, &table, row, language)?);
        }
    }
    if let Some(work) = question.work.filter(|_| works.is_empty()) {
        // No event of it came in; what is said of it is worth telling all the same.
        let known = Known::of_work(&mut stipend.db, question.creator, work, day)?;
        let found = held(policy, &known.work, &account.creator, day);
        works.push(
            json!({ "work": work, "attacked": null, "held": shown(policy, &found, false, language),
                           "events": [], "qualified_views": 0 }),
        );
    }
    for work in &mut works {
        let of_work = claims.iter().filter(|(of, _)| work["work"] == of.as_str());
        work["claims"] = of_work.map(|(_, claim)| claim.clone()).collect();
    }
    let days = stipend.db.creator_days(&asked.program, question.creator, (day, day))?;
    // Corrections that are not shown yet have higher numbers.
    let shown_run = asked.run.as_ref().map_or(-1, |run| run.number);
    let line = days.iter().rfind(|(_, row)| (0..=shown_run).contains(&row.number));
    let line = line.map(|(_, row)| row);
    let restored = stipend.db.backpays_of(question.creator)?;
    let restored: i64 = restored
        .iter()
        .filter(|row| row.program == asked.program && row.day == day)
        .map(|row| row.amount)
        .sum();
    let paid = line.filter(|_| asked.run.is_some()).map_or(0, |row| row.paid);
    let verdict = match (asked.run.is_some(), paid > 0, restored > 0) {
        (_, _, true) => "restored",
        (false, ..) => "not_settled",
        (_, true, _) => "earning",
        _ => "not_earning",
    };
    let mut money = Vec::new();
    if let Some(code) = line.map(|row| row.reason.as_str()).filter(|code| !code.is_empty()) {
        money.push(of_money(policy, code, line.map_or(0, |row| row.earned), language));
    }
    Ok(json!({
        "creator": question.creator,
        "program": asked.program,
        "day": day.to_string(),
        "verdict": verdict,
        "currency": policy.asset.code(),
        "paid": policy.asset.format(paid),
        "restored": policy.asset.format(restored),
        "account": shown(policy, &against, true, language),
        "works": works,
        "money": money,
    }))
}

/// Of a creator's rows of a day the one work that is asked for, or those with most events.
fn of_creator(rows: Selected, question: &Question<'_>) -> Result<Selected, Error> {
    let places = match question.work {
        Some(work) => {
            let table = rows.read(&["work"])?;
            let works = table.texts("work")?;
            works.iter().position(|known| known == work).into_iter().collect()
        }
        None => {
            let table = rows.read(&["accepted"])?;
            let accepted = table.ints("accepted")?;
            let mut order: Vec<usize> = (0..accepted.len()).collect();
            order.sort_by_key(|row| std::cmp::Reverse(accepted[*row]));
            order.into_iter().take(WORKS_MAX).collect()
        }
    };
    Ok(rows.keep(&places))
}

/// How many events got a verdict, with it in words.
pub(crate) fn counted(code: &str, count: i64, language: &str) -> Value {
    let key = format!("verdict-{}", code.replace('_', "-"));
    json!({ "verdict": code, "count": count, "text": bus::phrase(&key, &[], language) })
}

fn of_work(
    stipend: &mut Stipend,
    asked: &Asked,
    account: &Known,
    table: &Table,
    row: usize,
    language: &str,
) -> Result<Value, Error> {
    let work = table.texts("work")?[row].clone();
    let versions = stipend.db.work_versions(&work)?;
    let found = held(&asked.policy, &versions, &account.creator, asked.day);
    let found: Vec<Held> = found.into_iter().filter(|one| !one.of_account).collect();
    let mut events = Vec::new();
    for verdict in Verdict::ALL {
        let count = table.ints(records::column_of(verdict))?[row];
        if count > 0 {
            events.push(counted(verdict.code(), count, language));
        }
    }
    let attacked = records::is_attack(&asked.policy, table, row)?;
    let attacked = attacked.then(|| bus::phrase("state-attacked", &[], language));
    Ok(json!({
        "work": work,
        "attacked": attacked,
        "held": shown(&asked.policy, &found, false, language),
        "events": events,
        "qualified_views": table.ints("qualified_views")?[row],
    }))
}

/// Findings with how to mend them, as the policy says it.
fn shown(policy: &Policy, found: &[Held], of_account: bool, language: &str) -> Value {
    let one = |held: &&Held| {
        let mut body = held.to_json(language);
        let how = policy.catalogue.how.get(held.reason.code());
        body["how"] = json!(how.cloned().unwrap_or_default());
        body
    };
    found.iter().filter(|held| held.of_account == of_account).map(|held| one(&held)).collect()
}

/// Why less was paid than earned.
fn of_money(policy: &Policy, code: &str, earned: i64, language: &str) -> Value {
    let asset: &Asset = &policy.asset;
    let limit = match Reason::from_code(code) {
        Some(Reason::BelowDailyMinimum) => policy.limits.floor,
        Some(Reason::AboveDailyCap) => policy.limits.cap,
        _ => policy.limits.monthly_budget,
    };
    json!({
        "code": code,
        "text": bus::reason(code, language),
        "earned": asset.format(earned),
        "limit": limit.map(|units| asset.format(units)),
    })
}

/// A diagnosis as text, in its language.
#[must_use]
pub fn to_text(body: &Value, language: &str) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let say = |key: &str, names: &[(&str, &Value)]| {
        let values: Vec<(&str, String)> =
            names.iter().map(|(name, value)| (*name, text(value))).collect();
        bus::phrase(&format!("diagnosis-{key}"), &values, language)
    };
    let verdict = Value::from(say(&text(&body["verdict"]).replace('_', "-"), &[]));
    let mut out = say(
        "head",
        &[
            ("creator", &body["creator"]),
            ("day", &body["day"]),
            ("program", &body["program"]),
            ("verdict", &verdict),
            ("amount", &body["paid"]),
            ("currency", &body["currency"]),
        ],
    );
    if body["verdict"] == "restored" {
        out += &format!(", {}", say("amount-restored", &[("amount", &body["restored"])]));
    }
    out.push('\n');
    let reasons = |out: &mut String, list: &Value, indent: &str| {
        for one in list.as_array().into_iter().flatten() {
            let mut facts = vec![text(&one["code"])];
            for (name, key) in [("since", "since"), ("earliest", "until")] {
                if !one[name].is_null() {
                    facts.push(say(key, &[("day", &one[name])]));
                }
            }
            let who = say(&format!("who-{}", text(&one["who"])), &[]);
            *out += &format!("{indent}{} ({}; {who})\n", text(&one["text"]), facts.join(", "));
            let how: Vec<&str> =
                one["how"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            if !how.is_empty() {
                let how = Value::from(how.join(" > "));
                *out += &format!("{indent}  {}\n", say("how", &[("how", &how)]));
            }
        }
    };
    reasons(&mut out, &body["account"], &format!("  {}", say("account", &[])));
    for work in body["works"].as_array().into_iter().flatten() {
        let names = [("work", &work["work"]), ("views", &work["qualified_views"])];
        out += &format!("  {}\n", say("work", &names));
        if let Some(attacked) = work["attacked"].as_str() {
            out += &format!("    {attacked}\n");
        }
        for claim in work["claims"].as_array().into_iter().flatten() {
            out += &format!("    {} ({})\n", text(&claim["text"]), claim["claim"]);
        }
        reasons(&mut out, &work["held"], "    ");
        for one in work["events"].as_array().into_iter().flatten() {
            out += &format!(
                "    {}  {} ({})\n",
                one["count"],
                text(&one["text"]),
                text(&one["verdict"])
            );
        }
    }
    for one in body["money"].as_array().into_iter().flatten() {
        let money = say("money", &[]);
        out += &format!("  {money}{} ({})\n", text(&one["text"]), text(&one["code"]));
    }
    out
}
