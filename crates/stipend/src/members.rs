//! Commands about members of programs, reviews of applications, and business calendars.
use app::command::Command;
use app::dispatch::at_the_machine;
use app::membership::{What, Wish, step_json, to_json};
use app::problem::Problem;
use app::reviews::{self, Case, Grades, Opinion};
use app::{Error, calendars, entry, programs};
use kernel::{Day, Reason};
use program::admission::Criterion;
use program::membership::State;
use serde_json::{Value, json};

use crate::args::{Calendar, CaseArgs, Member, OpinionArgs, Review, WhoArgs};
use crate::commands::{Call, open, read};
use crate::talk::{note, say};

/// Rows of a list.
const LISTED: i64 = 100_000;

pub(crate) fn refused(problem: Problem) -> Error {
    match problem.code {
        "not_found" => Error::Missing(problem.detail),
        code if problem.status == 409 => Error::Conflict { code, message: problem.detail },
        _ => Error::Refused(problem.detail),
    }
}

pub(crate) fn codes(texts: &[String]) -> Result<Vec<Reason>, Error> {
    let code = |text: &String| {
        let known = Reason::ALL.map(Reason::code).join(", ");
        Reason::from_code(text)
            .ok_or_else(|| Error::Refused(format!("no reason `{text}`; there is: {known}")))
    };
    texts.iter().map(code).collect()
}

/// The program that is meant: the only one, if none is named.
pub(crate) fn named(stipend: &mut app::Stipend, program: Option<&str>) -> Result<String, Error> {
    let versions = programs::versions(stipend, program)?;
    Ok(versions.last().map(|last| last.row.program.clone()).unwrap_or_default())
}

/// Changes and shows memberships.
pub(crate) fn member(call: &Call, member: &Member, now_us: i64) -> Result<(), Error> {
    let mut stipend = open(call)?;
    let conditions = |stipend: &mut app::Stipend, who: &WhoArgs| {
        let program = named(stipend, who.program.program.as_deref())?;
        entry::eligible(stipend, &program, &who.creator, now_us)
    };
    let (who, what) = match member {
        Member::Invite(who) => (who, What::Invite),
        Member::Apply(who) => (who, What::Apply(conditions(&mut stipend, who)?)),
        Member::Accept(who) => (who, What::Accept(conditions(&mut stipend, who)?)),
        Member::Leave(who) => (who, What::Leave),
        Member::Suspend { who, reasons } => (who, What::Suspend(codes(reasons)?)),
        Member::Restore(who) => (who, What::Restore),
        Member::Remove(who) => (who, What::Remove),
        Member::Override(who) if who.why.is_empty() => {
            return Err(Error::Refused("say why with --why".to_owned()));
        }
        Member::Override(who) => (who, What::Override),
        Member::Show(who) => return show(call, &mut stipend, who),
        Member::List { program, state } => {
            let program = named(&mut stipend, program.program.as_deref())?;
            if !state.is_empty() && !State::WORDS.contains(&state.as_str()) {
                let words = State::WORDS.join(", ");
                return Err(Error::Refused(format!("no state `{state}`; there is: {words}")));
            }
            for row in stipend.db.memberships_page(&program, state, "", LISTED)? {
                if call.json {
                    say(&to_json(&row).to_string());
                } else {
                    say(&format!("{}  {}  since {}", row.creator, row.state, row.day));
                }
            }
            return Ok(());
        }
        Member::Evaluate { program } => {
            let program = named(&mut stipend, program.program.as_deref())?;
            let done = app::evaluate::members(&mut stipend, &program, None, now_us)?;
            if call.json {
                say(&done.to_string());
            } else {
                let (members, out) = (&done["members"], done["suspended"].as_i64().unwrap_or(0));
                let back = done["restored"].as_i64().unwrap_or(0);
                say(&format!("{members} members: {out} suspended, {back} restored"));
            }
            return Ok(());
        }
    };
    let program = named(&mut stipend, who.program.program.as_deref())?;
    let wish = Wish { program, creator: who.creator.clone(), what, why: who.why.clone() };
    let answer = at_the_machine(&mut stipend, Command::Member(wish), &who.why, now_us);
    let body: Value = serde_json::from_str(&answer.map_err(refused)?.body).unwrap_or_default();
    if call.json {
        say(&body.to_string());
    } else if body["command"].is_string() {
        say(&format!("proposal {}: it waits for a second person", body["id"]));
    } else {
        told(&body);
    }
    Ok(())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn told(body: &Value) {
    let (creator, program) = (text(&body["creator"]), text(&body["program"]));
    let (state, since) = (text(&body["state"]), text(&body["since"]));
    say(&format!("{creator} in {program}: {state} since {since}"));
    let facts = body["facts"].as_object().into_iter().flatten();
    for (name, value) in facts.filter(|(_, value)| !value.is_null()) {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        say(&format!("  {name}: {value}"));
    }
}

fn show(call: &Call, stipend: &mut app::Stipend, who: &WhoArgs) -> Result<(), Error> {
    let program = named(stipend, who.program.program.as_deref())?;
    let steps = stipend.db.steps(&program, &who.creator)?;
    if call.json {
        let row = stipend.db.membership(&program, &who.creator)?;
        let steps: Vec<Value> = steps.iter().map(step_json).collect();
        say(&json!({ "membership": row.as_ref().map(to_json), "steps": steps }).to_string());
        return Ok(());
    }
    if steps.is_empty() {
        say(&format!("{} in {program}: none", who.creator));
    }
    for step in &steps {
        let body = step_json(step);
        told(&body);
        let (actor, why) = (text(&body["actor"]), text(&body["reason"]));
        let why = if why.is_empty() { String::new() } else { format!(": {why}") };
        say(&format!("  by {actor}{why}"));
    }
    Ok(())
}

fn grades(texts: &[String]) -> Result<Grades, Error> {
    let mut found = Grades::new();
    for text in texts {
        let wrong = || Error::Refused(format!("`{text}` is no grade: write WORK:quality=4"));
        let (rest, grade) = text.rsplit_once('=').ok_or_else(wrong)?;
        let (work, criterion) = rest.rsplit_once(':').ok_or_else(wrong)?;
        let criterion = Criterion::from_word(criterion).ok_or_else(wrong)?;
        let grade = grade.parse().map_err(|_| wrong())?;
        found.entry(work.to_owned()).or_default().insert(criterion, grade);
    }
    Ok(found)
}

fn review_line(call: &Call, body: &Value) {
    if call.json {
        return say(&body.to_string());
    }
    let (state, due) = (text(&body["state"]), text(&body["due"]));
    let (creator, program) = (text(&body["creator"]), text(&body["program"]));
    let (id, priority) = (&body["id"], &body["priority"]);
    let by = body["claimed_by"].as_str().map_or(String::new(), |by| format!(" by {by}"));
    say(&format!("{id}  {state}{by}  {creator} for {program}, due {due}, priority {priority}"));
}

/// Shows and decides reviews.
pub(crate) fn review(call: &Call, review: &Review, now_us: i64) -> Result<(), Error> {
    let mut stipend = open(call)?;
    let opinion = |given: &OpinionArgs, approve: bool, reasons: Vec<Reason>| {
        let (grades, remark) = (grades(&given.grades)?, given.remark.clone());
        Ok::<_, Error>(reviews::What::Decide(Opinion { approve, reasons, grades, remark }))
    };
    let (case, what): (&CaseArgs, reviews::What) = match review {
        Review::Queue => {
            for row in stipend.db.review_queue(LISTED)? {
                review_line(call, &reviews::to_json(&row, &[]));
            }
            return Ok(());
        }
        Review::Show { review } => {
            let missing = || Error::Missing(format!("there is no review {review}"));
            let row = stipend.db.review(*review)?.ok_or_else(missing)?;
            let opinions = stipend.db.opinions(*review)?;
            let mut body = reviews::to_json(&row, &opinions);
            body["rubric"] = reviews::rubric(&mut stipend.db, &row.program, now_us)?;
            review_line(call, &body);
            if !call.json {
                say(&format!("  works: {}", body["works"]));
                say(&format!("  least averages: {}", body["rubric"]));
                body["opinions"].as_array().into_iter().flatten().for_each(|one| {
                    let (by, verdict) = (text(&one["reviewer"]), text(&one["verdict"]));
                    say(&format!("  {by}: {verdict} {} {}", one["reasons"], text(&one["remark"])));
                });
            }
            return Ok(());
        }
        Review::Agreement { program } => {
            let program = named(&mut stipend, program.program.as_deref())?;
            say(&reviews::agreement(&mut stipend.db, &program)?.to_string());
            return Ok(());
        }
        Review::Claim(case) => (case, reviews::What::Claim),
        Review::Release(case) => (case, reviews::What::Release),
        Review::Approve(given) => (&given.case, opinion(given, true, Vec::new())?),
        Review::Reject { opinion: given, reasons } => {
            (&given.case, opinion(given, false, codes(reasons)?)?)
        }
    };
    let by = format!("cli:{}", case.reviewer);
    let command = Command::Review(Case { seq: case.review, by, what });
    let answer = at_the_machine(&mut stipend, command, "", now_us).map_err(refused)?;
    review_line(call, &serde_json::from_str(&answer.body).unwrap_or_default());
    Ok(())
}

/// Takes in calendars and counts by them.
pub(crate) fn calendar(call: &Call, calendar: &Calendar, now_us: i64) -> Result<(), Error> {
    let mut stipend = open(call)?;
    match calendar {
        Calendar::Import { file } => {
            for (calendar, days) in calendars::read(&read(file)?)? {
                let (name, count) = (calendar.clone(), days.len());
                let command = Command::SetCalendar { calendar, days };
                at_the_machine(&mut stipend, command, "", now_us).map_err(refused)?;
                if !call.json {
                    note(&format!("{name}: {count} days"));
                }
            }
        }
        Calendar::List => {
            for (name, days, first, last) in stipend.db.calendars()? {
                if call.json {
                    let (first, last) = (first.to_string(), last.to_string());
                    say(&json!({ "calendar": name, "days": days, "first": first, "last": last })
                        .to_string());
                } else {
                    say(&format!("{name}  {days} days from {first} through {last}"));
                }
            }
        }
        Calendar::WorkingDay { calendar, day, count } => {
            calendars::check_name(calendar)?;
            let today: Day = kernel::Zone::utc().day_of(now_us);
            let day = day.unwrap_or(today);
            let name = Some(calendar.as_str());
            let found = calendars::working_day_after(&mut stipend.db, name, day, *count)?;
            if call.json {
                let (day, found) = (day.to_string(), found.to_string());
                say(&json!({ "calendar": calendar, "day": day, "count": count,
                             "working_day": found })
                .to_string());
            } else {
                say(&found.to_string());
            }
        }
    }
    Ok(())
}
