//! Business calendars, and working days by them.
use app::access::Action;
use app::calendars::{Days, check, check_name, to_json, working_day_after};
use app::command::Command;
use app::problem::Problem;
use kernel::Day;
use serde_json::{Value, json};

use crate::call::{Call, JSON, Reply};
use crate::route::{Body, Gives, Method, Param, Route};
use crate::schema;
use crate::server::Server;

const fn gives(status: u16, what: &'static str, schema: fn() -> Value) -> Gives {
    Gives { status, what, media: JSON, schema }
}

const EXAMPLE: &str = r#"{"days":[{"day":"2026-12-25","mark":"holiday","name":"Christmas"}]}"#;
const DAY: Param = Param { name: "day", what: "The day.", schema: schema::day };
const COUNT: Param =
    Param { name: "count", what: "How many working days after it.", schema: count_schema };

pub(crate) const ROUTES: &[Route] = &[
    Route {
        path: "/v1/calendars",
        action: Some(Action::ProgramsRead),
        id: "listCalendars",
        summary: "Business calendars that are known",
        gives: &[gives(200, "All of them.", calendars_out)],
        handler: list,
        ..Route::PLAIN
    },
    Route {
        path: "/v1/calendars/{calendar}",
        action: Some(Action::ProgramsRead),
        id: "readCalendar",
        summary: "The marked days of a calendar",
        detail: "By a country's code, or `closures` for the operator's own.",
        gives: &[gives(200, "The calendar.", calendar_out)],
        problems: &["not_found"],
        handler: read,
        ..Route::PLAIN
    },
    Route {
        method: Method::Put,
        path: "/v1/calendars/{calendar}",
        action: Some(Action::ProgramsWrite),
        id: "setCalendar",
        summary: "Put a calendar in the place of the one that was there",
        detail: "Marks are `holiday`, `workday` for a weekend that is worked on, and \
                 `weekend Fri Sat` for what the weekend is from that day on.",
        body: Some(Body { media: &[(JSON, days_in, EXAMPLE)], bytes_max: 2 << 20 }),
        gives: &[gives(200, "The calendar.", calendar_out)],
        problems: &["not_found", "key_reused"],
        handler: set,
        ..Route::PLAIN
    },
    Route {
        path: "/v1/calendars/{calendar}/working-day",
        action: Some(Action::ProgramsRead),
        id: "findWorkingDay",
        summary: "The n-th working day after a day",
        query: &[DAY, COUNT],
        gives: &[gives(200, "That day.", working_out)],
        problems: &["not_found"],
        handler: working_day,
        ..Route::PLAIN
    },
];

const MARK: &str = "^(holiday|workday|weekend (Mon|Tue|Wed|Thu|Fri|Sat|Sun)\
    ( (Mon|Tue|Wed|Thu|Fri|Sat|Sun)){0,6})$";

fn count_schema() -> Value {
    json!({ "type": "integer", "minimum": 0, "maximum": 250, "default": 1 })
}

fn mark() -> Value {
    json!({
        "type": "string",
        "pattern": MARK,
    })
}

fn day_fields() -> Vec<(&'static str, Value)> {
    vec![("day", schema::day()), ("mark", mark()), ("name", schema::text("What it is called."))]
}

fn days_in() -> Value {
    let mut fields = day_fields();
    fields.pop();
    let mut name = schema::name("What it is called.");
    name["minLength"] = json!(1);
    fields.push(("name", name));
    let mut days = schema::list(schema::input(&["day", "mark"], &fields));
    days["maxItems"] = json!(20_000);
    schema::input(&["days"], &[("days", days)])
}

fn calendar_out() -> Value {
    schema::object(&[
        ("calendar", schema::text("Its name.")),
        ("days", schema::list(schema::object(&day_fields()))),
    ])
}

fn calendars_out() -> Value {
    let one = schema::object(&[
        ("calendar", schema::text("Its name.")),
        ("days", schema::int("How many it marks.")),
        ("first", schema::day()),
        ("last", schema::day()),
    ]);
    schema::object(&[("items", schema::list(one))])
}

fn working_out() -> Value {
    schema::object(&[
        ("calendar", schema::text("Its name.")),
        ("day", schema::day()),
        ("count", schema::int("How many working days after it.")),
        ("working_day", schema::day()),
        ("known", schema::flag("Whether the calendar says anything of that time.")),
    ])
}

fn named(call: &Call) -> Result<&str, Problem> {
    let name = call.part("calendar");
    check_name(name).map_err(|error| Problem::new("not_found", error.to_string()))?;
    Ok(name)
}

fn list(server: &Server, _call: &Call) -> Result<Reply, Problem> {
    let found = server.read(|stipend| Ok(stipend.db.calendars()?))?;
    let item = |(name, days, first, last): &(String, i64, Day, Day)| {
        json!({ "calendar": name, "days": days, "first": first.to_string(),
                "last": last.to_string() })
    };
    Ok(Reply::json(&json!({ "items": found.iter().map(item).collect::<Vec<_>>() })))
}

fn read(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let name = named(call)?;
    let days = server.read(|stipend| Ok(stipend.db.calendar(name)?))?;
    Ok(Reply::json(&to_json(name, &days)))
}

fn set(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let calendar = named(call)?.to_owned();
    let body = call.object(&["days"])?;
    let wrong = |text: &str| Problem::new("invalid", text.to_owned());
    let rows = body.get("days").and_then(Value::as_array);
    let rows = rows.ok_or_else(|| wrong("`days` is a list"))?;
    let mut days: Days = Vec::with_capacity(rows.len());
    for row in rows {
        let known = |field: &String| ["day", "mark", "name"].contains(&field.as_str());
        let fields = row.as_object().filter(|fields| fields.keys().all(known));
        let fields = fields.ok_or_else(|| wrong("a day has the fields day, mark and name"))?;
        let text = |name: &str| fields.get(name).map(|value| value.as_str());
        let day = text("day").flatten().and_then(|text| text.parse::<Day>().ok());
        let day = day.ok_or_else(|| wrong("a `day` is like 2026-12-25"))?;
        let mark = text("mark").flatten().ok_or_else(|| wrong("a day has a `mark`"))?;
        let name = match text("name") {
            None => "",
            Some(name) => name.ok_or_else(|| wrong("a `name` is a text"))?,
        };
        if fields.contains_key("name") && name.trim().is_empty() {
            return Err(wrong("a `name` is not blank"));
        }
        days.push((day, mark.to_owned(), name.to_owned()));
    }
    let days = check(days).map_err(|error| Problem::from(&error))?;
    Ok(call.send(server, Command::SetCalendar { calendar, days })?.into())
}

fn working_day(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let name = named(call)?;
    let today = kernel::Zone::utc().day_of(call.now_us);
    let day = call.parsed::<Day>("day", "a day like 2026-06-01")?.unwrap_or(today);
    let count = call.parsed::<u16>("count", "a number from 0 to 250")?.unwrap_or(1);
    if count > 250 {
        return Err(Problem::new("bad_request", "the parameter `count` is not from 0 to 250"));
    }
    let (found, known) = server.read(|stipend| {
        let found = working_day_after(&mut stipend.db, Some(name), day, count)?;
        let last = stipend.db.calendar(name)?.last().map(|(day, ..)| *day);
        Ok((found, last.is_some_and(|last| last >= found)))
    })?;
    Ok(Reply::json(&json!({
        "calendar": name, "day": day.to_string(), "count": count,
        "working_day": found.to_string(), "known": known,
    })))
}
