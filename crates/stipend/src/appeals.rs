//! Commands about appeals.
use ::appeal::{Matter, State};
use app::appeals::{self, Change, Decision, What};
use app::command::Command;
use app::remedies::{self, Query};
use app::{Error, Stipend, backpay, evidence};
use serde_json::{Value, json};

use crate::args::{AppealCommand, MatterArgs};
use crate::commands::{Call, open};
use crate::members::codes;
use crate::money::ask;
use crate::talk::{note, say};

/// Rows of a list.
const LISTED: i64 = 100_000;

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn matter(args: &MatterArgs) -> Result<Matter, Error> {
    let refuse = |text: &str| Err(Error::Refused(text.to_owned()));
    match (&args.work, args.day, args.review, args.hold) {
        (Some(work), Some(day), None, None) => {
            let Some(program) = args.program.clone() else {
                return refuse("name the program that settled the day with --program");
            };
            Ok(Matter::Verdict { program, day, work: work.clone() })
        }
        (Some(work), None, None, None) => Ok(Matter::Work(work.clone())),
        (None, None, Some(review), None) => Ok(Matter::Rejection { review }),
        (None, None, None, Some(hold)) => Ok(Matter::Hold { hold }),
        (None, None, None, None) => Ok(Matter::Account),
        _ => refuse("one matter: a work, perhaps with a day; or a review; or a hold"),
    }
}

/// One line of a case.
fn line(call: &Call, body: &Value) {
    if call.json {
        say(&body.to_string());
        return;
    }
    let about = ["work", "day", "program", "about"].map(|name| &body[name]);
    let about: Vec<String> = about.into_iter().filter(|one| !one.is_null()).map(text).collect();
    let codes = body["codes"].as_array().into_iter().flatten().map(text);
    let codes: Vec<String> = codes.collect();
    let answer = if codes.is_empty() { String::new() } else { format!(" ({})", codes.join(", ")) };
    let state = text(&body["state"]);
    let due = match State::from_word(&state).is_some_and(State::is_open) {
        true => format!("; to be answered by {}", text(&body["due"])),
        false => String::new(),
    };
    say(&format!(
        "{}  {}  {} {}: {state}{answer}{due}",
        body["id"],
        text(&body["creator"]),
        text(&body["matter"]),
        about.join(" "),
    ));
}

/// What a remedy would make good, and what it would cost.
fn plan_shown(call: &Call, body: &Value) {
    if call.json {
        say(&body.to_string());
        return;
    }
    let cost = body["cost"].as_array().into_iter().flatten();
    say(&format!(
        "{} would be lifted from {} works or accounts",
        text(&body["code"]),
        body["subjects"]
    ));
    for one in cost {
        say(&format!(
            "  {}: {} {} to {} creators for {} days; the reserve has {}, short {}",
            text(&one["program"]),
            text(&one["amount"]),
            text(&one["currency"]),
            one["creators"],
            one["days"],
            text(&one["reserve"]),
            text(&one["short"]),
        ));
    }
    say(&format!("digest {}", text(&body["digest"])));
    note("nothing is changed: call it again with --digest to propose it");
}

fn shown(body: &Value) {
    for program in body["receipt"]["held"].as_array().into_iter().flatten() {
        for one in program["findings"].as_array().into_iter().flatten() {
            say(&format!(
                "  contested in {}: {} ({}), since {}",
                text(&program["program"]),
                text(&one["text"]),
                text(&one["code"]),
                text(&one["since"])
            ));
        }
    }
    say(&format!("  in the creator's words: {}", text(&body["words"])));
    for one in body["messages"].as_array().into_iter().flatten() {
        say(&format!("  {} {}: {}", text(&one["at"]), text(&one["author"]), text(&one["body"])));
    }
    for one in body["attachments"].as_array().into_iter().flatten() {
        say(&format!(
            "  file {}: {} ({}, {} bytes)",
            one["id"],
            text(&one["name"]),
            text(&one["media"]),
            one["bytes"]
        ));
    }
    if body["answer"].is_string() {
        say(&format!("  answer: {}", text(&body["answer"])));
    }
    for one in body["backpay"].as_array().into_iter().flatten() {
        say(&format!(
            "  {} in {}: {} {} taken, {} {}",
            text(&one["day"]),
            text(&one["program"]),
            text(&one["taken"]),
            text(&one["currency"]),
            text(&one["amount"]),
            text(&one["state"])
        ));
    }
}

/// What only looks.
fn read(call: &Call, stipend: &mut Stipend, command: &AppealCommand) -> Result<(), Error> {
    match command {
        AppealCommand::List { creator } => {
            let rows = match creator {
                Some(creator) => stipend.db.appeals_of(creator, 0, LISTED)?,
                None => stipend.db.appeals(0, LISTED)?,
            };
            rows.iter().for_each(|row| line(call, &appeals::to_json(row)));
        }
        AppealCommand::Queue => {
            let rows = stipend.db.appeal_queue(LISTED)?;
            rows.iter().for_each(|row| line(call, &appeals::to_json(row)));
        }
        AppealCommand::Show { appeal, language } => {
            let body = appeals::show(&mut stipend.db, *appeal, bus::language(language))?;
            line(call, &body);
            if !call.json {
                shown(&body);
            }
        }
        AppealCommand::Report { from, through, csv } => {
            let report = app::transparency::report(stipend, *from, *through)?;
            if *csv {
                crate::talk::write(&report.to_csv()?);
            } else {
                say(&report.to_json().to_string());
            }
        }
        AppealCommand::Backpay { appeal } => {
            for row in stipend.db.backpays(*appeal)? {
                say(&backpay::to_json(&row).to_string());
            }
        }
        _ => return Err(Error::Refused("this changes something".to_owned())),
    }
    Ok(())
}

/// Appeals.
pub(crate) fn appeal(call: &Call, command: &AppealCommand, now_us: i64) -> Result<(), Error> {
    let mut stipend = open(call)?;
    let case =
        |id: i64, by: &str, what: What| Change::Case { id, by: format!("operator:{by}"), what };
    let change = match command {
        AppealCommand::File { creator, matter: args, words } => {
            Change::File { creator: creator.clone(), matter: matter(args)?, words: words.clone() }
        }
        AppealCommand::Withdraw { creator, appeal } => {
            Change::Withdraw { creator: creator.clone(), id: *appeal }
        }
        AppealCommand::Reopen { creator, appeal, words } => {
            Change::Reopen { creator: creator.clone(), id: *appeal, words: words.clone() }
        }
        AppealCommand::Attach { creator, appeal, file } => {
            let bytes = std::fs::read(file).map_err(Error::file(file))?;
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let of = (*appeal, Some(creator.as_str()));
            Change::Attach(evidence::keep(&mut stipend, of, &name, &bytes, now_us)?)
        }
        AppealCommand::Claim(who) => case(who.appeal, &who.officer, What::Claim),
        AppealCommand::Release(who) => case(who.appeal, &who.officer, What::Release),
        AppealCommand::Write { who, words } => {
            case(who.appeal, &who.officer, What::Say(words.clone()))
        }
        AppealCommand::Overturn { who, answer, since } => {
            let (codes, text) = (codes(&answer.codes)?, answer.text.clone());
            let decision = Decision { overturn: true, codes, text, since: *since };
            case(who.appeal, &who.officer, What::Decide(decision))
        }
        AppealCommand::Uphold { who, answer } => {
            let (codes, text) = (codes(&answer.codes)?, answer.text.clone());
            let decision = Decision { overturn: false, codes, text, since: None };
            case(who.appeal, &who.officer, What::Decide(decision))
        }
        AppealCommand::Remedy { code, since_from, since_through, ids, why, digest } => {
            let code = codes(std::slice::from_ref(code))?.remove(0);
            let ids = ids.iter().cloned().collect();
            let query = Query { code, since: (*since_from, *since_through), ids };
            let plan = remedies::plan(&mut stipend, &query, why, now_us)?;
            let Some(digest) = digest else {
                plan_shown(call, &plan.to_json());
                return Ok(());
            };
            plan.is(digest)?;
            Change::Remedy(plan)
        }
        AppealCommand::Fund { program, amount, why } => Change::Fund {
            program: program.clone(),
            amount: amount.clone(),
            why: why.clone(),
            key: app::draw::fresh_key()?,
        },
        _ => return read(call, &mut stipend, command),
    };
    let body = ask(&mut stipend, Command::Appeal(change), now_us)?;
    if body["matter"].is_string() {
        line(call, &body);
    } else if body["command"].is_string() {
        say(&format!("proposal {}: it waits for a second person", body["id"]));
    } else {
        say(&json!(body).to_string());
    }
    if body["state"] == "overturned" {
        note("a worker computes what it took, and pays it");
    }
    Ok(())
}
