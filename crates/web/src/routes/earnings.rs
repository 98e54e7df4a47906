//! What creators earned, and why: per day and work, each step with its numbers.
use app::access::{Action, Grant};
use app::explain::Explained;
use app::problem::Problem;
use kernel::Day;
use kernel::day::instant;
use serde_json::{Value, json};

use crate::call::{Call, JSON, Reply};
use crate::route::{Gives, Method, Own, Param, Route};
use crate::schema;
use crate::server::Server;

pub(crate) const DAY: Param =
    Param { name: "day", what: "The day; the last settled one if left out.", schema: schema::day };
pub(crate) const FROM: Param = Param { name: "from", what: "The first day.", schema: schema::day };
pub(crate) const THROUGH: Param =
    Param { name: "through", what: "The last day.", schema: schema::day };

/// Days that one answer shows at most.
const DAYS_MAX: i32 = 92;

const EXPLAINED: &[Gives] = &[
    Gives { status: 200, what: "Each step with its numbers.", media: JSON, schema: explained },
    Gives {
        status: 200,
        what: "The same for people to read.",
        media: "text/plain",
        schema: schema::any_text,
    },
];

pub(crate) const ROUTES: &[Route] = &[
    Route {
        method: Method::Get,
        path: "/v1/creators/{creator}/earnings",
        action: Some(Action::EarningsRead),
        own: Own::Creator("creator"),
        id: "readEarnings",
        summary: "What a creator earned, by day",
        detail: "Amounts as they stand after all corrections, in the currency. A creator sees days \
                 that are published.",
        query: &[Param::PROGRAM, FROM, THROUGH],
        body: None,
        gives: &[Gives { status: 200, what: "The days.", media: JSON, schema: earnings_out }],
        links: &[],
        problems: &["not_found", "name_the_program"],
        handler: earnings,
    },
    Route {
        method: Method::Get,
        path: "/v1/creators/{creator}/explanation",
        action: Some(Action::EarningsRead),
        own: Own::Creator("creator"),
        id: "explainCreator",
        summary: "How a creator's day came to its sum",
        detail: "`Accept: text/plain` gives it for people to read.",
        query: &[Param::PROGRAM, DAY],
        body: None,
        gives: EXPLAINED,
        links: &[],
        problems: &["not_found", "name_the_program"],
        handler: explain_creator,
    },
    Route {
        method: Method::Get,
        path: "/v1/works/{work}/explanation",
        action: Some(Action::EarningsRead),
        own: Own::Work("work"),
        id: "explainWork",
        summary: "What counted of a work's day, what did not, and why",
        detail: "`Accept: text/plain` gives it for people to read.",
        query: &[Param::PROGRAM, DAY],
        body: None,
        gives: EXPLAINED,
        links: &[],
        problems: &["not_found", "name_the_program"],
        handler: explain_work,
    },
];

pub(crate) fn explained() -> Value {
    let step = schema::object(&[
        ("what", schema::text("What.")),
        ("value", schema::text("The number or the words.")),
        ("from", schema::text("The policy's line behind it, or how it is made.")),
    ]);
    let section =
        schema::object(&[("heading", schema::text("The heading.")), ("steps", schema::list(step))]);
    schema::object(&[
        ("title", schema::text("What is explained.")),
        ("sections", schema::list(section)),
    ])
}

fn earnings_out() -> Value {
    schema::object(&[
        ("creator", schema::id()),
        ("program", schema::text("The program.")),
        ("currency", schema::text("ISO 4217.")),
        (
            "days",
            schema::list(schema::object(&[
                ("day", schema::day()),
                ("paid", schema::text("In the currency, with all its places.")),
                ("qualified_views", schema::int("Qualified views.")),
                ("runs", schema::int("Runs that have a line for the creator.")),
                ("reason", schema::text("Why not more, if for a reason.")),
                ("publish", schema::time()),
            ])),
        ),
    ])
}

/// An explanation, as JSON or as text, as the caller likes.
pub(crate) fn reply(call: &Call, explained: &Explained) -> Reply {
    if call.wants_text() {
        return Reply::text("text/plain; charset=utf-8", explained.to_text());
    }
    Reply::json(&explained.to_json())
}

/// What a creator may not see yet looks as if it were not there.
fn check_published(server: &Server, call: &Call) -> Result<(), Problem> {
    if call.grant == Grant::All {
        return Ok(());
    }
    let day = call.parsed::<Day>("day", "a day")?;
    let program = call.asked("program");
    let shown = server.read(|stipend| {
        let versions = app::programs::versions(stipend, program)?;
        let name = versions.first().map_or("", |version| &version.row.program).to_owned();
        let runs = stipend.db.runs(&name)?;
        let day = day.or(runs.last().map(|run| run.day));
        let of_day = runs.iter().filter(|run| Some(run.day) == day);
        Ok(of_day.map(|run| run.publish_us).max().is_some_and(|at| at <= call.now_us))
    })?;
    if shown {
        return Ok(());
    }
    Err(Problem::new("not_found", "the day is not settled, or not published yet"))
}

fn explain_creator(server: &Server, call: &Call) -> Result<Reply, Problem> {
    check_published(server, call)?;
    let day = call.parsed::<Day>("day", "a day like 2026-06-01")?;
    let (program, id) = (call.asked("program"), call.part("creator"));
    let explained = server.read(|stipend| app::explain::creator(stipend, program, id, day))?;
    Ok(reply(call, &explained))
}

fn explain_work(server: &Server, call: &Call) -> Result<Reply, Problem> {
    check_published(server, call)?;
    let day = call.parsed::<Day>("day", "a day like 2026-06-01")?;
    let (program, id) = (call.asked("program"), call.part("work"));
    let explained = server.read(|stipend| app::explain::work(stipend, program, id, day))?;
    Ok(reply(call, &explained))
}

fn earnings(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let from = call.parsed::<Day>("from", "a day like 2026-06-01")?;
    let through = call.parsed::<Day>("through", "a day like 2026-06-01")?;
    let creator = call.part("creator");
    let found = server.read(|stipend| {
        if stipend.db.find_creator(creator)?.is_none() {
            return Err(app::Error::Missing(format!("no creator `{creator}` is known")));
        }
        let versions = app::programs::versions(stipend, call.asked("program"))?;
        let Some(version) = versions.last() else {
            return Err(app::Error::Missing("there is no program".to_owned()));
        };
        let name = version.row.program.clone();
        let runs = stipend.db.runs(&name)?;
        let last = runs.last().map(|run| run.day);
        let Some(through) = through.or(last) else {
            return Ok((version.clone(), Vec::new()));
        };
        let from = from.unwrap_or(through.plus(1 - 31)).max(through.plus(1 - DAYS_MAX));
        let all = call.grant == Grant::All;
        let mut days: Vec<Value> = Vec::new();
        for run in runs.iter().filter(|run| (from..=through).contains(&run.day)) {
            if !all && run.publish_us > call.now_us {
                continue;
            }
            let lines = app::export::run_lines(stipend, &name, run.day, run.number)?;
            let Some(lines) = lines else { continue };
            let creators = lines.texts("creator")?;
            let Some(row) = creators.iter().position(|id| id == creator) else { continue };
            let amount = version.policy.asset.format(lines.ints("paid")?[row]);
            let item = json!({
                "day": run.day.to_string(),
                "paid": amount,
                "qualified_views": lines.ints("qualified_views")?[row],
                "runs": 1,
                "reason": lines.texts("reason")?[row],
                "publish": instant(run.publish_us),
            });
            match days.last_mut().filter(|last| last["day"] == item["day"]) {
                Some(last) => {
                    let runs = last["runs"].as_i64().unwrap_or(0) + 1;
                    *last = item;
                    last["runs"] = json!(runs);
                }
                None => days.push(item),
            }
        }
        Ok((version.clone(), days))
    })?;
    let (version, days) = found;
    Ok(Reply::json(&json!({
        "creator": creator,
        "program": version.row.program,
        "currency": version.policy.asset.code(),
        "days": days,
    })))
}
