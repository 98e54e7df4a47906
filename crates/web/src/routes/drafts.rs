//! Drafts of policies, their shadow runs, and back-tests.
use app::access::Action;
use app::command::Command;
use app::drafts::{Draft, What, get, report, to_json};
use app::problem::Problem;
use kernel::Day;
use serde_json::{Value, json};

use crate::call::{Call, JSON, Reply};
use crate::route::{Body, Gives, Method, Route};
use crate::schema;
use crate::server::Server;

const fn gives(status: u16, what: &'static str, schema: fn() -> Value) -> Gives {
    Gives { status, what, media: JSON, schema }
}

const TEST: &str = r#"{"policy":"format = 1\n…","from":"2026-06-01","to":"2026-06-30"}"#;

pub(crate) const ROUTES: &[Route] = &[
    Route {
        path: "/v1/programs/{program}/draft",
        action: Some(Action::ProgramsWrite),
        id: "readDraft",
        summary: "A program's draft",
        gives: &[gives(200, "The draft.", draft_out)],
        problems: &["not_found"],
        handler: read,
        ..Route::PLAIN
    },
    Route {
        method: Method::Put,
        path: "/v1/programs/{program}/draft",
        action: Some(Action::ProgramsWrite),
        id: "saveDraft",
        summary: "Save a policy as the program's draft",
        detail: "In the place of the one that was there; its shadow run ends.",
        body: Some(Body {
            media: &[(JSON, policy_in, r#"{"policy":"format = 1\n…"}"#)],
            bytes_max: 2 << 20,
        }),
        gives: &[gives(200, "The draft.", draft_out)],
        problems: &["policy_invalid", "key_reused"],
        handler: save,
        ..Route::PLAIN
    },
    Route {
        method: Method::Delete,
        path: "/v1/programs/{program}/draft",
        action: Some(Action::ProgramsWrite),
        id: "dropDraft",
        summary: "Forget a program's draft",
        gives: &[gives(200, "What it was.", draft_out)],
        problems: &["not_found", "key_reused"],
        handler: forget,
        ..Route::PLAIN
    },
    Route {
        path: "/v1/programs/{program}/shadow",
        action: Some(Action::ProgramsWrite),
        id: "readShadow",
        summary: "What a draft would have paid beside the live policy, day by day",
        gives: &[gives(200, "The days, in ledger units.", shadow_out)],
        problems: &["not_found"],
        handler: shadow,
        ..Route::PLAIN
    },
    Route {
        method: Method::Post,
        path: "/v1/programs/{program}/shadow",
        action: Some(Action::ProgramsWrite),
        id: "startShadow",
        summary: "Let a draft run beside the live policy",
        detail: "Each day that is settled from now on is computed by the draft too; nothing of it \
                 is posted.",
        gives: &[gives(200, "The draft.", draft_out)],
        problems: &["not_found", "key_reused"],
        handler: start,
        ..Route::PLAIN
    },
    Route {
        method: Method::Delete,
        path: "/v1/programs/{program}/shadow",
        action: Some(Action::ProgramsWrite),
        id: "stopShadow",
        summary: "Let a draft run no more",
        gives: &[gives(200, "The draft.", draft_out)],
        problems: &["not_found", "key_reused"],
        handler: stop,
        ..Route::PLAIN
    },
    Route {
        method: Method::Post,
        path: "/v1/programs/{program}/backtests",
        action: Some(Action::ProgramsWrite),
        id: "startBacktest",
        summary: "Have a policy tested on days that are over",
        detail: "A job computes what it would have paid beside the live policy, on the same events \
                 and facts: who gains, loses, comes in, drops out, and what it costs. The job's \
                 result has it. Nothing is posted.",
        body: Some(Body { media: &[(JSON, test_in, TEST)], bytes_max: 2 << 20 }),
        gives: &[gives(202, "The job.", super::jobs::job)],
        links: &[("readJob", "job", "/id")],
        problems: &["not_found", "policy_invalid", "key_reused"],
        handler: backtest,
        ..Route::PLAIN
    },
];

fn policy_text() -> Value {
    json!({ "type": "string", "description": "The document, TOML." })
}

fn policy_in() -> Value {
    schema::input(&["policy"], &[("policy", policy_text())])
}

fn test_in() -> Value {
    let fields = [("policy", policy_text()), ("from", schema::day()), ("to", schema::day())];
    schema::input(&["policy", "from", "to"], &fields)
}

fn draft_out() -> Value {
    schema::object(&[
        ("program", schema::text("The program.")),
        ("document", schema::text("The document, TOML.")),
        ("digest", schema::text("Its SHA-256, in hex.")),
        ("made_by", schema::text("Who saved it.")),
        ("created", schema::time()),
        ("shadow_since", schema::maybe(schema::time())),
    ])
}

fn shadow_out() -> Value {
    let day = schema::object(&[
        ("day", schema::day()),
        ("live", schema::int("Paid by the live policy.")),
        ("shadow", schema::int("What the draft would have paid.")),
        ("creators", schema::int("Creators who would have got another amount.")),
        ("recorded", schema::time()),
    ]);
    schema::object(&[
        ("program", schema::text("The program.")),
        ("digest", schema::text("SHA-256 of the draft, in hex.")),
        ("shadow_since", schema::maybe(schema::time())),
        ("live", schema::int("The sum of the days.")),
        ("shadow", schema::int("The sum of the days.")),
        ("days", schema::list(day)),
    ])
}

fn read(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let found = server.read(|stipend| get(&mut stipend.db, call.part("program")))?;
    Ok(Reply::json(&to_json(&found)))
}

fn done(server: &Server, call: &Call, what: What) -> Result<Reply, Problem> {
    let draft = Draft { program: call.part("program").to_owned(), what };
    Ok(call.send(server, Command::Draft(draft))?.into())
}

fn policy(body: &serde_json::Map<String, Value>) -> Result<String, Problem> {
    let text = body.get("policy").and_then(Value::as_str).map(str::to_owned);
    text.ok_or_else(|| Problem::new("invalid", "`policy` is the document as a text"))
}

fn save(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let document = policy(&call.object(&["policy"])?)?;
    done(server, call, What::Save(document))
}

fn forget(server: &Server, call: &Call) -> Result<Reply, Problem> {
    done(server, call, What::Drop)
}

fn start(server: &Server, call: &Call) -> Result<Reply, Problem> {
    done(server, call, What::StartShadow)
}

fn stop(server: &Server, call: &Call) -> Result<Reply, Problem> {
    done(server, call, What::StopShadow)
}

fn shadow(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let found = server.read(|stipend| {
        let draft = get(&mut stipend.db, call.part("program"))?;
        let days = stipend.db.shadow_days(&draft.program, &draft.digest)?;
        Ok(report(&draft, &days))
    })?;
    Ok(Reply::json(&found))
}

fn backtest(server: &Server, call: &Call) -> Result<Reply, Problem> {
    let body = call.object(&["policy", "from", "to"])?;
    let document = policy(&body)?;
    let day = |name: &str| {
        let text = body.get(name).and_then(Value::as_str).unwrap_or_default();
        let wrong = || Problem::new("invalid", format!("`{name}` is a day like 2026-06-01"));
        text.parse::<Day>().map_err(|_| wrong())
    };
    let (from, to) = (day("from")?, day("to")?);
    let program = call.part("program").to_owned();
    let command = Command::Backtest { program, document, from, through: to };
    Ok(call.send(server, command)?.into())
}
